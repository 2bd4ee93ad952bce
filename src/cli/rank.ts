import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { defaultDoNotRead } from '../protocol';
import { doNotReadMatcher, Workspace, type RankedSegment } from '../engine/workspace';
import { parseArguments, usageProblem } from './arguments';
import { numberOption } from './engineOptions';
import { offsetOf, parseLocation } from './location';
import { readSource } from './readSource';
import { openSegmenter } from './segmenter';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'rank FILE:LINE:COL --workspace DIR [--json]';

export const rank: Subcommand = {
  name: 'rank',
  usage,
  summary: 'List the segments of a folder that matter for a place in a file, and why.',
  help: `
The score adds up from: the names around the place that a segment contains or declares (1 for the best match), and what
the file imports.

  --workspace DIR the folder that is read
  --limit N       list N segments (default: 16)
  --json          one JSON array: [{path, startLine, endLine, score, why}]; why holds the parts of the score (lexical,
                  imported, open, recent), the terms found and the names declared
  --model DIR     folder of the model pack (default: the one that came with this program)`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, {
    workspace: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
    model: { type: 'string' },
  });
  if (positionals.length > 1) throw usageProblem(usage, `One place at a time, not ${positionals.length}.`);
  if (values.workspace === undefined) throw usageProblem(usage, 'No workspace was given.');
  const location = parseLocation(usage, positionals.at(0));
  const limit = numberOption(usage, '--limit', values.limit, 16);
  const source = await readSource(location.file);
  if ('outcome' in source) {
    streams.note('reason' in source.outcome ? source.outcome.reason : source.outcome.kind);
    return exitCodes.nothing;
  }
  const workspace = await Workspace.open(values.workspace, await openSegmenter(values.model, streams), doNotReadMatcher(defaultDoNotRead));
  const path = relative(workspace.root, await realpath(location.file)).split(sep).join('/');
  if (path.startsWith('../')) throw usageProblem(usage, `${location.file} does not lie in ${values.workspace}.`);
  const offset = offsetOf(usage, source.text, location);
  await workspace.read();
  const ranked = workspace.rankForCompletion({ path, text: source.text, offset, open: [], recent: [] }, limit);
  await streams.result(values.json === true ? JSON.stringify(ranked) : ranked.map(asText).join('\n'));
  return exitCodes.success;
}

function asText({ path, startLine, endLine, score, why }: RankedSegment): string {
  const parts = [`lexical ${why.lexical.toFixed(2)}`, `imported ${why.imported.toFixed(2)}`];
  const declares = why.declares.length > 0 ? `; declares ${why.declares.join(' ')}` : '';
  const contains = why.terms.length > 0 ? `; contains ${why.terms.slice(0, 12).join(' ')}` : '';
  return `${score.toFixed(2)} ${JSON.stringify(path)} ${startLine}-${endLine}: ${parts.join(', ')}${declares}${contains}`;
}
