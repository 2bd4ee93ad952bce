import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerResult, Place } from '../../../src/protocol';
import { hasFact, type Question } from './questions';

/** What one answer is worth. */
export interface Verdict {
  readonly id: string;
  /** The first source lies in the right file; any of them does; one of them covers the right lines. */
  readonly firstFile: boolean;
  readonly anyFile: boolean;
  readonly anyLine: boolean;
  /** A place that the text itself refers to lies in the right file. */
  readonly citedFile: boolean;
  readonly fact: boolean;
  /** Places that are shown as links, and those of them that exist. */
  readonly links: number;
  readonly validLinks: number;
  /** To the opening quotation, and to the model's own first token. */
  readonly firstTextMilliseconds: number;
  readonly firstTokenMilliseconds: number;
  readonly totalMilliseconds: number;
  readonly answer: string;
}

export async function judge(root: string, question: Question, { text, sources, references, milliseconds }: AnswerResult): Promise<Verdict> {
  const isFile = ({ path }: Place) => path === question.path;
  const links = [...sources, ...references];
  const exist = await Promise.all(links.map((place) => exists(root, place)));
  return {
    id: question.id,
    firstFile: sources.slice(0, 1).some(isFile),
    anyFile: sources.some(isFile),
    anyLine: sources.some((place) => isFile(place) && place.startLine <= question.endLine && place.endLine >= question.startLine),
    citedFile: references.some(isFile),
    fact: hasFact(text, question),
    links: links.length,
    validLinks: exist.filter(Boolean).length,
    firstTextMilliseconds: milliseconds.firstText,
    firstTokenMilliseconds: milliseconds.firstToken,
    totalMilliseconds: milliseconds.total,
    answer: text,
  };
}

/** Looked up on the disk, not where the engine looks. */
async function exists(root: string, { path, startLine, endLine }: Place): Promise<boolean> {
  const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
  return text !== undefined && startLine >= 1 && startLine <= endLine && endLine <= text.split(/\r\n|\r|\n/).length;
}
