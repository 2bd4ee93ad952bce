import type { Mention } from '../../../../protocol';
import type { Segment, RankedSegment, Workspace } from '../../../workspace';
import type { Tokenizer } from '../../../model';
import type { Evidence, Search } from './evidence';
import { bestExcerpt } from './excerpt';
import { evidenceFrom } from './evidenceFrom';
import { queryTerms, type QueryTerms } from './queryTerms';

/** Segments that compete. */
const candidates = 24;
/** Lines of one excerpt: a function of usual length. */
const excerptLines = 24;
/** A small model makes little of more, and each is to be read before the first word. */
const mostExcerpts = 5;
/** Of one file. */
const mostOfFile = 2;
/** How much of a candidate's rank its whole segment decides; the rest is its excerpt's. */
const shareOfSegment = 0.4;
/** A question so short goes on from the one before. */
const shortQuestion = 6;

/** What was found: the texts for the prompt and the segments they come from, both the best first. */
export interface Found {
  readonly evidence: readonly Evidence[];
  /** Segments that matter, those of the evidence among them. */
  readonly segments: readonly Segment[];
}

interface Candidate {
  readonly segment: Segment;
  /** 0 to 1. */
  readonly rank: number;
}

/** The places of a workspace that have to do with a question: what is mentioned first, then what is found. */
export async function chooseEvidence(workspace: Workspace, tokenizer: Tokenizer, search: Search, signal: AbortSignal): Promise<Found> {
  const question = completeQuestion(search);
  const ranked = workspace.rankForQuestion(question, { open: search.open, recent: [] }, candidates);
  const found = await segmentsFor(workspace, ranked, signal);
  const terms = queryTerms(question, found.map(({ segment }) => segment.body));
  const mentioned = (await Promise.all(search.mentions.map((mention) => fromMention(workspace, mention, terms)))).flat();
  const searched = byExcerpt(found, terms).filter(({ path, startLine }) => !mentioned.some((one) => one.path === path && one.startLine === startLine));
  return { evidence: fit([...mentioned, ...limitPerFile(searched)], tokenizer, search.mostTokens), segments: found.map(({ segment }) => segment) };
}

function completeQuestion({ question, before }: Search): string {
  return before !== undefined && question.split(/\s+/).length <= shortQuestion ? `${question}\n${before}` : question;
}

async function segmentsFor(workspace: Workspace, ranked: readonly RankedSegment[], signal: AbortSignal): Promise<Candidate[]> {
  const best = ranked.at(0)?.score ?? 1;
  const files = new Map<string, readonly Segment[]>();
  const found: Candidate[] = [];
  for (const { path, startLine, endLine, score } of ranked) {
    signal.throwIfAborted();
    const segments = files.get(path) ?? await workspace.segmentsOf(path);
    files.set(path, segments);
    // A file that has changed since it was ranked is found again by its lines.
    const segment = segments.find((one) => one.startLine === startLine && one.endLine === endLine) ?? segments.find((one) => one.endLine >= startLine);
    if (segment !== undefined) found.push({ segment, rank: score / best });
  }
  return found;
}

function byExcerpt(found: readonly Candidate[], terms: QueryTerms): Evidence[] {
  const scored = found.map(({ segment, rank }) => {
    const lines = segment.body.split('\n');
    return { segment, rank, lines, excerpt: bestExcerpt(lines, terms, excerptLines) };
  });
  const best = Math.max(1e-9, ...scored.map(({ excerpt }) => excerpt.score));
  const score = ({ rank, excerpt }: (typeof scored)[number]) => shareOfSegment * rank + (1 - shareOfSegment) * (excerpt.score / best);
  return scored
    .filter(({ excerpt }) => excerpt.score > 0)
    .sort((a, b) => score(b) - score(a))
    .map(({ segment, lines, excerpt }) => evidenceFrom(segment, lines, excerpt));
}

/** Its lines; of a whole file those that have most to do with the question. */
async function fromMention(workspace: Workspace, { path, startLine, endLine }: Mention, terms: QueryTerms): Promise<Evidence[]> {
  const text = await workspace.textOf(path);
  if (text === undefined) return [];
  const lines = text.split(/\r\n|\r|\n/);
  const file = { path, startLine: 1, definitions: [] };
  if (startLine === undefined) return [{ ...evidenceFrom(file, lines, bestExcerpt(lines, terms, 2 * excerptLines)), because: 'mentioned' }];
  const excerpt = { start: startLine - 1, end: Math.min(lines.length, endLine ?? startLine), score: 0, terms: [] };
  return [{ ...evidenceFrom(file, lines, excerpt), because: 'mentioned' }];
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
