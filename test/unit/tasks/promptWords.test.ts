import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import * as ask from '../../../src/engine/tasks/ask/prompt';
import * as summarize from '../../../src/engine/tasks/summarize/prompt';

const evidence = z.object({
  path: z.string(), startLine: z.int(), endLine: z.int(), text: z.string(), language: z.string(), quote: z.string(), quoteLine: z.int(),
});
const fact = z.object({ name: z.string(), path: z.string(), line: z.int(), signature: z.string(), uses: z.array(z.string()) });
const schema = z.object({
  ask: z.object({
    question: z.string(), evidence: z.array(evidence), facts: z.array(fact),
    system: z.string(), user: z.string(), opening: z.string(), plain: z.string(),
  }),
  summarize: z.object({ path: z.string(), text: z.string(), names: z.array(z.string()), system: z.string(), user: z.string(), plain: z.string() }),
});

/** Training lays the same prompts out: `models/training/tests/test_prompts.py` compares its own with the same file. */
describe('the words of a prompt', () => {
  const recorded = async () => schema.parse(JSON.parse(await readFile(join(__dirname, '../../fixtures/prompts/prompts.json'), 'utf8')));

  it('of a question are those that training uses', async () => {
    const { ask: { question, evidence: found, facts, ...expected } } = await recorded();
    const evidence = found.map((one) => ({ ...one, label: '', because: '' }));
    assert.deepEqual({
      system: ask.systemText, user: ask.questionText(question, evidence, facts), opening: ask.openingText(evidence), plain: ask.questionText(question, evidence.slice(2), []),
    }, expected);
  });

  it('of a summary are those that training uses', async () => {
    const { summarize: { path, text, names, ...expected } } = await recorded();
    assert.deepEqual({ system: summarize.systemText, user: summarize.fileQuestion(path, text, names), plain: summarize.fileQuestion(path, text, []) }, expected);
  });
});
