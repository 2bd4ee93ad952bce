import type { Completer } from '../../../src/engine/tasks/complete';
import type { Documents } from '../../../src/engine/documents';
import type { Tokenizer } from '../../../src/engine/model';
import { identifiersOf } from '../../../src/engine/workspace/rank/terms';
import type { CompletionRequest, CompletionResult } from '../../../src/protocol';
import type { Random } from '../../fixtures/random';
import { queryTokens } from './crossTokens';
import type { CutFile } from './repository';
import { editSimilarity } from './similarity';

/** A line to complete from where it uses a name that another file declares. */
export interface LineTask {
  readonly path: string;
  /** All before the name. */
  readonly before: string;
  /** From the name to the line's end. */
  readonly expected: string;
  /** From the line's end on. */
  readonly after: string;
}

const shortestName = 4;
const shortestRest = 8;
const longestRest = 120;
/** Lines that bring names in or only talk of them. */
const notCode = /^\s*(import|from|use|mod|package|export .*from|const .*require|#include|\/\/|\/\*|\*|#|@|"|'|<!--)/;

/** One of {@link lineTasks}. */
export function drawLine(file: CutFile, target: Int32Array, elsewhere: ReadonlySet<string>, tokenizer: Tokenizer, random: Random): LineTask | undefined {
  const tasks = lineTasks(file, target, elsewhere, tokenizer);
  return tasks.length === 0 ? undefined : tasks[random.below(tasks.length)];
}

/** The lines of the target's text behind its first 256 tokens that use a name which other files declare and it does not. */
export function lineTasks(file: CutFile, target: Int32Array, elsewhere: ReadonlySet<string>, tokenizer: Tokenizer): LineTask[] {
  const text = file.text.replace(/\r\n?/g, '\n');
  const own = new Set(file.segments.flatMap(({ definitions }) => definitions));
  const from = tokenizer.decode(target.subarray(0, queryTokens)).length;
  const to = tokenizer.decode(target).length;
  const tasks: LineTask[] = [];
  for (let start = text.indexOf('\n', from) + 1; start > 0 && start < to; start = text.indexOf('\n', start) + 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    const line = text.slice(start, end);
    if (notCode.test(line)) continue;
    const name = identifiersOf(line).find((one) => one.length >= shortestName && elsewhere.has(one) && !own.has(one));
    if (name === undefined) continue;
    const cursor = start + placeOf(name, line);
    const expected = text.slice(cursor, end).trimEnd();
    if (expected.length < shortestRest || expected.length > longestRest) continue;
    tasks.push({ path: file.path, before: text.slice(0, cursor), expected, after: text.slice(end) });
  }
  return tasks;
}

/** Where a name stands by itself, not within a longer one. */
function placeOf(name: string, line: string): number {
  return line.search(new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/\$/g, '\\$')}(?![\\p{L}\\p{N}_$])`, 'u'));
}

export interface LineScore {
  readonly exact: number;
  readonly similarity: number;
}

/** Scores the first line of what was written. */
export function scoreOf(text: string, { expected }: LineTask): LineScore {
  const written = text.split('\n', 1)[0].trimEnd();
  return { exact: written === expected ? 1 : 0, similarity: editSimilarity(written, expected) };
}

/** What the editor asks for at a cursor, but that all of the document is read first: one line, greedily. */
export function lineRequest(uri: string, version: number, offset: number): CompletionRequest {
  return { uri, version, offset, maxTokens: 64, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true };
}

/** The text of an answer. @throws Error when nothing could be read */
export function textOf({ text, outcome }: CompletionResult, path: string): string {
  if (outcome.kind === 'unreadable' || outcome.kind === 'not-ready') throw new Error(`${path}: ${outcome.reason}`);
  return text;
}

/** Completes to the line's end, greedily, as a request of the editor would. */
export async function scoreLine(completer: Completer, documents: Documents, uri: string, task: LineTask): Promise<LineScore> {
  const { path, before, after } = task;
  documents.open({ uri, path, languageId: '', version: 1, text: before + after });
  const result = await completer.complete(lineRequest(uri, 1, before.length), new AbortController().signal);
  documents.close({ uri });
  return scoreOf(textOf(result, path), task);
}
