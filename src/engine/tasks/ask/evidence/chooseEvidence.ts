import type { Mention, Place } from '../../../../protocol';
import type { RankedSegment, Workspace } from '../../../workspace';
import type { Tokenizer } from '../../../model';
import type { Evidence, Search } from './evidence';
import { bestExcerpt, widened, type Excerpt } from './excerpt';
import { evidenceFrom } from './evidenceFrom';
import { fit } from './fit';
import { pathPrior } from './pathPrior';
import { queryTerms, weightIn, type QueryTerms } from './queryTerms';
import { writtenFor } from './thesaurus';
import { valuesOf } from './valuesOf';

/** Segments that compete. */
const candidates = 150;
/** Lines of one excerpt. Several short ones find more than few long ones. */
const excerptLines = 14;
/** Excerpts of the best file and of each other. */
const mostOfFile = { best: 3, other: 1 };
/** Files whose values are looked at, and how many of them are taken. */
const filesWithValues = 3;
const mostValues = { best: 2, other: 1 };
/** A value goes before the excerpt when it has this share of what that has to do with the question. */
const shareOfLeadingValue = 0.5;
/** How much of a candidate's rank its whole segment decides; the rest is its excerpt's. */
const shareOfSegment = 0.4;
/** A question so short goes on from the one before. */
const shortQuestion = 6;

/** What was found: the texts for the prompt and the segments that matter, both the best first. */
export interface Found {
  readonly evidence: readonly Evidence[];
  readonly ranked: readonly RankedSegment[];
}

interface Candidate extends Pick<RankedSegment, 'path' | 'startLine' | 'endLine'> {
  /** Lines of the whole file. */
  readonly file: readonly string[];
  /** 0 to 1. */
  readonly rank: number;
}

interface Scored extends Candidate {
  readonly excerpt: Excerpt;
}

/** The places of a workspace that have to do with a question: what is mentioned first, then what is found. */
export async function chooseEvidence(workspace: Workspace, tokenizer: Tokenizer, search: Search, signal: AbortSignal): Promise<Found> {
  const question = completeQuestion(search);
  const other = writtenFor(question);
  const ranked = workspace.rankForQuestion([question, ...other].join(' '), { open: search.open, recent: [] }, candidates);
  const found = await textsOf(workspace, ranked, signal);
  const terms = queryTerms(question, found.map(({ file, startLine, endLine }) => file.slice(startLine - 1, endLine).join('\n')), other);
  const mentioned = (await Promise.all(search.mentions.map((mention) => fromMention(workspace, mention, terms)))).flat();
  const searched = withValues(workspace, limitPerFile(byExcerpt(found, terms)), terms);
  return { evidence: fit(apart([...mentioned, ...searched]), tokenizer, search.mostTokens), ranked };
}

/** Excerpts, each file's first together with those values of the file that the question may be after. */
function withValues(workspace: Workspace, scored: readonly Scored[], terms: QueryTerms): Evidence[] {
  const files = [...new Set(scored.map(({ path }) => path))].slice(0, filesWithValues);
  const seen = new Set<string>();
  return scored.flatMap(({ path, file, excerpt }) => {
    const evidence = evidenceFrom({ path, startLine: 1 }, file, widened(file, excerpt, excerptLines), terms);
    if (seen.has(path) || !files.includes(path) || pathPrior(path) < 1) return [evidence];
    seen.add(path);
    const isBest = path === files[0];
    const values = valuesOf(workspace, path, file, terms).filter((value) => !overlap(value, evidence)).slice(0, isBest ? mostValues.best : mostValues.other);
    const leads = isBest && values.length > 0 && weightIn(values[0].text.split('\n'), terms) >= shareOfLeadingValue * excerpt.score;
    return leads ? [values[0], evidence, ...values.slice(1)] : [evidence, ...values];
  });
}

/** Without those that repeat lines of earlier ones. */
function apart(evidence: readonly Evidence[]): Evidence[] {
  const kept: Evidence[] = [];
  for (const one of evidence) if (!kept.some((other) => overlap(one, other))) kept.push(one);
  return kept;
}

function overlap(a: Place, b: Place): boolean {
  return a.path === b.path && a.startLine <= b.endLine && b.startLine <= a.endLine;
}

function completeQuestion({ question, before }: Search): string {
  return before !== undefined && question.split(/\s+/).length <= shortQuestion ? `${question}\n${before}` : question;
}

/** The lines of segments, from the files as they are now. */
async function textsOf(workspace: Workspace, ranked: readonly RankedSegment[], signal: AbortSignal): Promise<Candidate[]> {
  const best = ranked.at(0)?.score ?? 1;
  const files = new Map<string, readonly string[]>();
  const found: Candidate[] = [];
  for (const { path, startLine, endLine, score } of ranked) {
    signal.throwIfAborted();
    const file = files.get(path) ?? (await workspace.textOf(path))?.split(/\r\n|\r|\n/) ?? [];
    files.set(path, file);
    if (file.length >= startLine) found.push({ path, startLine, endLine, file, rank: score / best });
  }
  return found;
}

function byExcerpt(found: readonly Candidate[], terms: QueryTerms): Scored[] {
  const scored = found.map((candidate) => {
    const { file, startLine, endLine } = candidate;
    return { ...candidate, excerpt: bestExcerpt(file, terms, excerptLines, { start: startLine - 1, end: endLine }) };
  });
  const best = Math.max(1e-9, ...scored.map(({ excerpt }) => excerpt.score));
  const score = ({ path, rank, excerpt }: Scored) => (
    pathPrior(path) * (shareOfSegment * rank + (1 - shareOfSegment) * (excerpt.score / best))
  );
  return scored.filter(({ excerpt }) => excerpt.score > 0).sort((a, b) => score(b) - score(a));
}

/** Its lines; of a whole file those that have most to do with the question. */
async function fromMention(workspace: Workspace, { path, startLine, endLine }: Mention, terms: QueryTerms): Promise<Evidence[]> {
  const text = await workspace.textOf(path);
  if (text === undefined) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const file = { path, startLine: 1 };
  if (startLine === undefined) return [{ ...evidenceFrom(file, lines, widened(lines, bestExcerpt(lines, terms, 2 * excerptLines), 2 * excerptLines), terms), because: 'mentioned' }];
  const excerpt = { start: startLine - 1, end: Math.min(lines.length, endLine ?? startLine), score: 0, terms: [] };
  return [{ ...evidenceFrom(file, lines, excerpt, terms), because: 'mentioned' }];
}

function limitPerFile(scored: readonly Scored[]): Scored[] {
  const counts = new Map<string, number>();
  return scored.filter(({ path }) => {
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    return count <= (path === scored[0].path ? mostOfFile.best : mostOfFile.other);
  });
}
