import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { identifiersOf } from '../../../src/engine/workspace';
import { isCommonInProse } from '../../../src/engine/workspace/rank/commonWords';

const questionsSchema = z.object({
  /** Where the answers are, and at which commit the lines hold. */
  repository: z.string(),
  commit: z.string(),
  questions: z.array(z.object({
    id: z.string(),
    question: z.string(),
    path: z.string(),
    /** 1-based, inclusive. */
    startLine: z.int().positive(),
    endLine: z.int().positive(),
    /** An answer that knows contains one of these. */
    facts: z.array(z.string().min(1)).min(1),
  }).readonly()).readonly(),
}).readonly();

export type Questions = z.infer<typeof questionsSchema>;
export type Question = Questions['questions'][number];

export async function readQuestions(file: string): Promise<Questions> {
  return questionsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Words of the question that stand as identifiers in the lines that answer it; little words do not count. */
export function sharedIdentifiers({ question }: Pick<Question, 'question'>, lines: readonly string[]): string[] {
  const there = new Set(lines.flatMap(identifiersOf));
  return identifiersOf(question).filter((name) => there.has(name) && !isCommonInProse(name));
}

/** Whether an answer holds one of the facts as whole words. Numbers of excerpts and places do not count as facts. */
export function hasFact(answer: string, { facts }: Pick<Question, 'facts'>): boolean {
  const text = answer.replace(/\[\d+\]/g, ' ').replace(/[\w./-]+:\d+(-\d+)?/g, ' ').toLowerCase();
  return facts.some((fact) => {
    const words = fact.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\p{N}_])${words}(?![\\p{L}\\p{N}_])`, 'u').test(text);
  });
}
