import { randomUUID } from 'node:crypto';
import { relative } from 'node:path';
import type { AnswerPart } from '../protocol';
import { describeAnswer, describeStage, exitCodeOf } from './answers';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine } from './engineOptions';
import { readSource } from './readSource';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'summarize FILE [--json]';

export const summarize: Subcommand = {
  name: 'summarize',
  usage,
  summary: 'Say what a file of any length is for and what is in it, as Markdown.',
  help: `
The whole file is read through the model's bounded memory: the time is linear in its length (about two seconds for 1,000
tokens on two cores), the bytes are the same. The model writes what the file is for and a line about each large part that
no comment explains; names, lines and dependencies are taken from the syntax.

  --json          one JSON object: {text, outcome, references: [{text, path, startLine, endLine}], tokens, milliseconds,
                  memory, ...}
  --lines A-B     these lines alone
${engineOptionsHelp}

Markdown goes to standard output, with links such as src/app.ts#L12 relative to the present folder; progress goes to
standard error. Exit code 3 when there is nothing to summarize. Files that may hold secrets are not opened.

Examples:
  sparsek summarize src/server.ts > server.md
  sparsek summarize src/server.ts --lines 100-180`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, { json: { type: 'boolean' }, lines: { type: 'string' }, ...engineOptions });
  if (positionals.length !== 1) throw usageProblem(usage, `One file is needed, not ${positionals.length}.`);
  const [file] = positionals;
  const lines = linesOf(values.lines);
  const source = await readSource(file);
  if ('outcome' in source || source.text.trim() === '') {
    streams.note(`Nothing to summarize: ${'outcome' in source && 'reason' in source.outcome ? source.outcome.reason : `${file} is empty.`}`);
    return exitCodes.nothing;
  }
  const json = values.json === true;
  const path = relative('', file).replaceAll('\\', '/');
  await using engine = await loadEngine(usage, values, streams);
  const show = (part: AnswerPart) => {
    if (part.kind === 'stage') streams.progress(describeStage(part));
    else if (part.kind === 'text' && !json) streams.piece(part.text);
  };
  const result = await engine.summarize({ id: randomUUID(), path, linkPrefix: '', text: source.text, ...lines }, new AbortController().signal, show);
  if (json) await streams.result(JSON.stringify(result));
  streams.note(describeAnswer(result));
  return exitCodeOf(result);
}

function linesOf(value: string | undefined): { startLine?: number; endLine?: number } {
  if (value === undefined) return {};
  const [, start, end] = /^(\d+)-(\d+)$/.exec(value) ?? [];
  const lines = { startLine: Number(start), endLine: Number(end) };
  if (!(lines.startLine >= 1 && lines.endLine >= lines.startLine)) throw usageProblem(usage, `--lines takes two line numbers such as 100-180, not "${value}".`);
  return lines;
}
