import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pathInside } from '../engine/recall';
import { defaultDoNotRead, type RememberedSegment } from '../protocol';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine, numberOption } from './engineOptions';
import { offsetOf, parseLocation } from './location';
import { prepareWorkspace } from './prepareWorkspace';
import { readSource } from './readSource';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'explain FILE:LINE:COL --workspace DIR [--json]';

export const explain: Subcommand = {
  name: 'explain',
  usage,
  summary: 'Say what the model remembers when it completes at a place, and why.',
  help: `
Prepares the memory for the place as a completion does, and lists the segments in it: the best of other files with what
speaks for them, then parts of the open file behind what is read around the cursor. The share is the part of the memory's
entries that a segment won, over all layers and heads; what is missing to 100 % is the file's own older text.

  --workspace DIR the folder that is read; files that are ignored or may hold secrets are left out
  --segments N    the best N segments of other files, as far as --memory has room (default: 8)
  --json          one JSON object: {entries, segments: [{path, startLine, endLine, share, why}]}; why holds the parts of the
                  score (lexical, imported, open, recent), the terms found and the names declared
${engineOptionsHelp}`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, {
    workspace: { type: 'string' },
    segments: { type: 'string' },
    json: { type: 'boolean' },
    ...engineOptions,
  });
  if (positionals.length > 1) throw usageProblem(usage, `One place at a time, not ${positionals.length}.`);
  if (values.workspace === undefined) throw usageProblem(usage, 'No workspace was given.');
  const location = parseLocation(usage, positionals.at(0));
  const limit = numberOption(usage, '--segments', values.segments, 8);
  const source = await readSource(location.file);
  if ('outcome' in source) {
    streams.note('reason' in source.outcome ? source.outcome.reason : source.outcome.kind);
    return exitCodes.nothing;
  }
  const offset = offsetOf(usage, source.text, location);
  const uri = pathToFileURL(resolve(location.file)).href;
  if (await pathInside(values.workspace, uri) === undefined) {
    throw usageProblem(usage, `${location.file} does not lie in ${values.workspace}, or one of them cannot be opened.`);
  }
  await using engine = await loadEngine(usage, values, streams, { folders: [{ folder: resolve(values.workspace), doNotRead: defaultDoNotRead }] });
  engine.documents.open({ uri, path: relative('', location.file), languageId: '', version: 1, text: source.text });
  await prepareWorkspace(engine, { uri, offset }, limit, streams);
  // What is remembered is known when it has been used: a single token shows it.
  const request = { uri, version: 1, offset, maxTokens: 1, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: false } as const;
  const { remembered = [], memory } = await engine.complete(request, new AbortController().signal);
  await streams.result(values.json === true ? JSON.stringify({ entries: memory.entries, segments: remembered }) : asText(memory.entries, remembered));
  return exitCodes.success;
}

function asText(entries: number, remembered: readonly RememberedSegment[]): string {
  const own = 1 - remembered.reduce((sum, { share }) => sum + share, 0);
  const first = entries === 0 ? 'Nothing is in memory.' : `${entries} entries in memory; ${percent(own)} are the file's own older text.`;
  return [first, ...remembered.map(segmentAsText)].join('\n');
}

function segmentAsText({ path, startLine, endLine, share, why }: RememberedSegment): string {
  return `${percent(share).padStart(5)} ${JSON.stringify(path)} ${startLine}-${endLine}: ${why === undefined ? 'the rest of this file' : reasons(why)}`;
}

function reasons({ declares, terms, imported, open, recent }: NonNullable<RememberedSegment['why']>): string {
  const parts = [
    declares.length > 0 ? `declares ${declares.join(' ')}` : '',
    imported > 0 ? 'is imported' : '',
    terms.length > 0 ? `contains ${terms.slice(0, 12).join(' ')}` : '',
    open > 0 ? 'is open' : '',
    recent > 0 ? 'was edited lately' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
