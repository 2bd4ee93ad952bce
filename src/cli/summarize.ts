import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { defaultDoNotRead, type AnswerPart, type AnswerResult } from '../protocol';
import { describeAnswer, describeStage, exitCodeOf } from './answers';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine, type EngineOptions } from './engineOptions';
import { readSource, secretPart } from './readSource';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'summarize FILE|DIR [--json]';

export const summarize: Subcommand = {
  name: 'summarize',
  usage,
  summary: 'Say what a file of any length, or a folder, is for and what is in it, as Markdown.',
  help: `
The whole file is read through the model's bounded memory: the time is linear in its length (about two seconds for 1,000
tokens on two cores), the bytes are the same. The model writes what the file is for and a line about each large part that
no comment explains; names, lines and dependencies are taken from the syntax.

Of a folder the first 200 files are listed with their parts and what the comment at their top says; the model writes what
the folder is for and a line about each of the twelve longest files without such a comment. Ignored files are left out.

  --json          one JSON object: {text, outcome, references: [{text, path, startLine, endLine}], tokens, milliseconds,
                  memory, ...}
  --lines A-B     of a file these lines alone
${engineOptionsHelp}

Markdown goes to standard output, with links such as src/app.ts#L12 relative to the present folder; progress goes to
standard error. Exit code 3 when there is nothing to summarize. Files that may hold secrets are not opened.

Examples:
  sparsek summarize src/server.ts > server.md
  sparsek summarize src/server.ts --lines 100-180
  sparsek summarize src`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, { json: { type: 'boolean' }, lines: { type: 'string' }, ...engineOptions });
  if (positionals.length !== 1) throw usageProblem(usage, `One file or folder is needed, not ${positionals.length}.`);
  const [file] = positionals;
  const lines = linesOf(values.lines);
  const json = values.json === true;
  if (await isFolder(file)) return summarizeFolder(file, values, json, streams);
  const source = await readSource(file);
  if ('outcome' in source || source.text.trim() === '') {
    streams.note(`Nothing to summarize: ${'outcome' in source && 'reason' in source.outcome ? source.outcome.reason : `${file} is empty.`}`);
    return exitCodes.nothing;
  }
  const path = shownPath(file);
  await using engine = await loadEngine(usage, values, streams);
  return await report(await engine.summarize({ id: randomUUID(), path, linkPrefix: '', text: source.text, ...lines }, new AbortController().signal, showing(json, streams)), json, streams);
}

async function summarizeFolder(folder: string, options: EngineOptions, json: boolean, streams: Streams): Promise<number> {
  const secret = await secretPart(folder);
  if (secret !== undefined) {
    streams.note(`Nothing to summarize: ${folder} is not read, "${secret}" is on the list of what may hold secrets.`);
    return exitCodes.nothing;
  }
  const absolute = resolve(folder);
  await using engine = await loadEngine(usage, options, streams, { folders: [{ folder: absolute, doNotRead: defaultDoNotRead }] });
  const request = { id: randomUUID(), folder: absolute, path: shownPath(folder), linkPrefix: '' };
  return await report(await engine.summarizeFolder(request, new AbortController().signal, showing(json, streams)), json, streams);
}

function showing(json: boolean, streams: Streams): (part: AnswerPart) => void {
  return (part) => {
    if (part.kind === 'stage') streams.progress(describeStage(part));
    else if (part.kind === 'text' && !json) streams.piece(part.text);
  };
}

async function report(result: AnswerResult, json: boolean, streams: Streams): Promise<number> {
  if (json) await streams.result(JSON.stringify(result));
  else if (result.outcome.kind === 'not-found') streams.note(`Nothing to summarize: ${result.outcome.reason}`);
  streams.note(describeAnswer(result));
  return exitCodeOf(result);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}

/** Relative to the present folder, in which links are followed. */
function shownPath(path: string): string {
  return relative('', path).replaceAll('\\', '/');
}

function linesOf(value: string | undefined): { startLine?: number; endLine?: number } {
  if (value === undefined) return {};
  const [, start, end] = /^(\d+)-(\d+)$/.exec(value) ?? [];
  const lines = { startLine: Number(start), endLine: Number(end) };
  if (!(lines.startLine >= 1 && lines.endLine >= lines.startLine)) throw usageProblem(usage, `--lines takes two line numbers such as 100-180, not "${value}".`);
  return lines;
}
