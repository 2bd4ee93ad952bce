import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defaultDoNotRead } from '../protocol';
import type { WholeReading } from '../engine/recall';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine } from './engineOptions';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'read DIR [--json]';

export const read: Subcommand = {
  name: 'read',
  usage,
  summary: 'Read a whole folder into the store, so that completions in it find everything read.',
  help: `
Cuts the files of the folder into segments, runs each through the model once and keeps its memory on the disk, by content:
what is stored already, from whatever folder or branch, is only checked. It can be stopped at any time and goes on from there.
Completions do not need it: in an editor what a place needs is read in pauses.

  --json          one JSON object: {files, segments, tokens, reused, seconds, bytes, skipped}; reused counts segments whose
                  memories were stored before, bytes are those of all their memories on the disk
${engineOptionsHelp}

Files that are ignored or may hold secrets are not read.`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, { json: { type: 'boolean' }, ...engineOptions });
  if (positionals.length !== 1) throw usageProblem(usage, `One folder is needed, not ${positionals.length}.`);
  const folder = resolve(positionals[0]);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw usageProblem(usage, `${positionals[0]} is not a folder that can be opened.`);
  if (values.store !== undefined && Number(values.store) === 0) throw usageProblem(usage, 'With --store 0 nothing that is read would be kept.');
  await using engine = await loadEngine(usage, values, streams, { folders: [{ folder, doNotRead: defaultDoNotRead }] });
  const { workspace } = engine;
  if (workspace === undefined) throw usageProblem(usage, 'The memory budget has no room for a workspace; give --memory more.');
  const start = performance.now();
  let skipped = 0;
  const reading = await workspace.readWhole(new AbortController().signal, {
    reading: (progress) => {
      ({ skipped } = progress);
      streams.progress(`indexed ${progress.files} files, ${progress.segments} segments`);
    },
    encoding: ({ files, filesInAll, segments, reused }) => streams.progress(`read ${files} of ${filesInAll} files: ${segments} segments, ${reused} of them were stored`),
  });
  await report(reading, { seconds: (performance.now() - start) / 1000, skipped }, values.json === true, streams);
  return exitCodes.success;
}

interface Circumstances {
  readonly seconds: number;
  readonly skipped: number;
}

async function report({ files, segments, tokens, reused, bytes }: WholeReading, { seconds, skipped }: Circumstances, json: boolean, streams: Streams): Promise<void> {
  if (json) {
    await streams.result(JSON.stringify({ files, segments, tokens, reused, seconds, bytes, skipped }));
    return;
  }
  await streams.result(`${segments} segments of ${tokens} tokens from ${files} files in ${seconds.toFixed(1)} s; ${reused} were stored before; `
    + `${(bytes / 1e6).toFixed(1)} MB on the disk; ${skipped} files and folders skipped`);
}
