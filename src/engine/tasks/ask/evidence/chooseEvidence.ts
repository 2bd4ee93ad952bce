import type { Mention } from '../../../../protocol';
import type { RankedSegment, Workspace } from '../../../workspace';
import type { Tokenizer } from '../../../model';
import type { Evidence, Search } from './evidence';
import { bestExcerpt } from './excerpt';
import { evidenceFrom } from './evidenceFrom';
import { pathPrior } from './pathPrior';
import { queryTerms, type QueryTerms } from './queryTerms';
import { writtenFor } from './thesaurus';

/** Segments that compete. */
const candidates = 150;
/** Lines of one excerpt. Several short ones find more than few long ones. */
const excerptLines = 14;
/** Each is to be read before the first word. */
const mostExcerpts = 7;
/** Of one file. */
const mostOfFile = 2;
/** How much of a candidate's rank its whole segment decides; the rest is its excerpt's. */
const shareOfSegment = 0.4;
/** A question so short goes on from the one before. */
const shortQuestion = 6;

/** What was found: the texts for the prompt and the segments that matter, both the best first. */
export interface Found {
  readonly evidence: readonly Evidence[];
  readonly ranked: readonly RankedSegment[];
}

interface Candidate extends Pick<RankedSegment, 'path' | 'startLine'> {
  readonly lines: readonly string[];
  /** 0 to 1. */
  readonly rank: number;
}

/** The places of a workspace that have to do with a question: what is mentioned first, then what is found. */
export async function chooseEvidence(workspace: Workspace, tokenizer: Tokenizer, search: Search, signal: AbortSignal): Promise<Found> {
  const question = completeQuestion(search);
  const other = writtenFor(question);
  const ranked = workspace.rankForQuestion([question, ...other].join(' '), { open: search.open, recent: [] }, candidates);
  const found = await textsOf(workspace, ranked, signal);
  const terms = queryTerms(question, found.map(({ lines }) => lines.join('\n')), other);
  const mentioned = (await Promise.all(search.mentions.map((mention) => fromMention(workspace, mention, terms)))).flat();
  const searched = byExcerpt(found, terms).filter(({ path, startLine }) => !mentioned.some((one) => one.path === path && one.startLine === startLine));
  return { evidence: fit([...mentioned, ...limitPerFile(searched)], tokenizer, search.mostTokens), ranked };
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
    const lines = file.slice(startLine - 1, endLine);
    if (lines.length > 0) found.push({ path, startLine, lines, rank: score / best });
  }
  return found;
}

function byExcerpt(found: readonly Candidate[], terms: QueryTerms): Evidence[] {
  const scored = found.map((candidate) => ({ ...candidate, excerpt: bestExcerpt(candidate.lines, terms, excerptLines) }));
  const best = Math.max(1e-9, ...scored.map(({ excerpt }) => excerpt.score));
  const score = ({ path, rank, excerpt }: (typeof scored)[number]) => (
    pathPrior(path) * (shareOfSegment * rank + (1 - shareOfSegment) * (excerpt.score / best))
  );
  return scored
    .filter(({ excerpt }) => excerpt.score > 0)
    .sort((a, b) => score(b) - score(a))
    .map(({ path, startLine, lines, excerpt }) => evidenceFrom({ path, startLine }, lines, excerpt, terms));
}

/** Its lines; of a whole file those that have most to do with the question. */
async function fromMention(workspace: Workspace, { path, startLine, endLine }: Mention, terms: QueryTerms): Promise<Evidence[]> {
  const text = await workspace.textOf(path);
  if (text === undefined) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const file = { path, startLine: 1 };
  if (startLine === undefined) return [{ ...evidenceFrom(file, lines, bestExcerpt(lines, terms, 2 * excerptLines), terms), because: 'mentioned' }];
  const excerpt = { start: startLine - 1, end: Math.min(lines.length, endLine ?? startLine), score: 0, terms: [] };
  return [{ ...evidenceFrom(file, lines, excerpt, terms), because: 'mentioned' }];
}

function limitPerFile(evidence: readonly Evidence[]): Evidence[] {
  const counts = new Map<string, number>();
  return evidence.filter(({ path }) => {
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    return count <= mostOfFile;
  });
}

/** As many as fit; the first is cut to fit rather than left out. */
function fit(evidence: readonly Evidence[], tokenizer: Tokenizer, mostTokens: number): Evidence[] {
  const chosen: Evidence[] = [];
  let left = mostTokens;
  for (const one of evidence) {
    if (chosen.length === mostExcerpts) break;
    const cost = tokenizer.encode(one.text).length;
    if (cost > left && chosen.length > 0) continue;
    const fitted = cost <= left ? one : cutToFit(one, cost, left);
    chosen.push(fitted);
    left -= Math.min(cost, left);
  }
  return chosen;
}

function cutToFit(evidence: Evidence, cost: number, most: number): Evidence {
  const lines = evidence.text.split('\n');
  const kept = Math.max(1, Math.floor((lines.length * most) / cost) - 1);
  const text = lines.slice(0, kept).join('\n').slice(0, most * 3);
  return { ...evidence, text, endLine: Math.min(evidence.endLine, evidence.startLine + kept - 1) };
}
