import { resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { defaultDoNotRead, type AnswerPart, type AnswerResult } from '../protocol';
import { describeAnswer, describeStage, exitCodeOf } from './answers';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine, numberOption } from './engineOptions';
import type { Streams } from './streams';
import type { Subcommand } from './subcommand';

const usage = 'ask DIR "QUESTION" [--json]';

export const ask: Subcommand = {
  name: 'ask',
  usage,
  summary: 'Answer a question about the code in a folder, with the places it rests on.',
  help: `
Reads the folder, finds the places that have to do with the question, gives their text to the model and writes its answer.
Places that the answer names are checked: only files and lines that exist are listed.

  --json          one JSON object: {text, outcome, sources: [{path, startLine, endLine, label, because}],
                  references: [{text, path, startLine, endLine}], tokens, milliseconds, memory, read}
  --encode N      read the N best further segments into the model's memory first, two seconds each (default: 0)
  --max-tokens N  the longest answer (default: 320)
  --temperature T 0 takes the most likely token, always the same (default); higher is more varied
  --seed N        with a temperature: makes the run repeatable
${engineOptionsHelp}

The answer goes to standard output as Markdown, with its sources; progress goes to standard error. Exit code 3 when
nothing in the folder has to do with the question. Files that are ignored or may hold secrets are not read.

Examples:
  sparsek ask . "Where is the retry limit set?"
  sparsek ask ~/src/app "How are sessions stored?" --json | jq -r .text`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, {
    'json': { type: 'boolean' },
    'encode': { type: 'string' },
    'max-tokens': { type: 'string' },
    'temperature': { type: 'string' },
    'seed': { type: 'string' },
    ...engineOptions,
  });
  const [folder, question] = positionals;
  if (positionals.length !== 2 || question.trim() === '') throw usageProblem(usage, 'A folder and one question (in quotes) are needed.');
  const request = {
    id: randomUUID(),
    question,
    history: [],
    mentions: [],
    open: [],
    encode: numberOption(usage, '--encode', values.encode, 0),
    maxTokens: numberOption(usage, '--max-tokens', values['max-tokens'], 320),
    sampling: {
      temperature: numberOption(usage, '--temperature', values.temperature, 0),
      topP: 0.9,
      ...(values.seed === undefined ? {} : { seed: numberOption(usage, '--seed', values.seed, 0) }),
    },
  };
  const json = values.json === true;
  await using engine = await loadEngine(usage, values, streams, { folders: [{ folder: resolve(folder), doNotRead: defaultDoNotRead }] });
  const show = (part: AnswerPart) => {
    if (part.kind === 'stage') streams.progress(describeStage(part));
    else if (part.kind === 'text' && !json) streams.piece(part.text);
  };
  const result = await engine.ask(request, new AbortController().signal, show);
  return await report(result, json, streams);
}

async function report(result: AnswerResult, json: boolean, streams: Streams): Promise<number> {
  if (json) {
    await streams.result(JSON.stringify(result));
    return exitCodeOf(result);
  }
  if (result.outcome.kind === 'not-found') await streams.result(`Not found in this folder. ${result.outcome.reason}`);
  if (result.sources.length > 0) {
    const sources = result.sources.map(({ path, startLine, endLine, label }, i) => `${i + 1}. ${path}:${startLine}-${endLine} \`${label}\``);
    await streams.result(`\n\nSources:\n${sources.join('\n')}`);
  }
  streams.note(describeAnswer(result));
  return exitCodeOf(result);
}
