import { defaultDoNotRead } from '../protocol';
import { describeSkip, doNotReadMatcher, readWorkspace, type Segment } from '../engine/workspace';
import { parseArguments, usageProblem } from './arguments';
import { openSegmenter } from './segmenter';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'segments DIR [--json]';

export const segments: Subcommand = {
  name: 'segments',
  usage,
  summary: 'Cut the files of a folder as the engine reads them.',
  help: `
Files come in the order of their paths; a file's segments follow one another and cover it. Each has at most 1,020 tokens,
the line with its path included. The same content gives the same segments on every machine.

  --json          one JSON object a line: {path, startLine, endLine, tokens}; lines count from 1 and are inclusive,
                  tokens are the ids of the path's line and the segment's lines
  --quiet         do not say which files are skipped and why
  --model DIR     folder of the model pack (default: the one that came with this program)

Without --json a line a segment: path, lines, tokens, where it is cut, the names it declares.`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, { json: { type: 'boolean' }, quiet: { type: 'boolean' }, model: { type: 'string' } });
  if (positionals.length !== 1) throw usageProblem(usage, `One folder is needed, not ${positionals.length}.`);
  const segmenter = await openSegmenter(values.model, streams);
  const show = values.json === true ? asJson : asText;
  const counts = { files: 0, segments: 0, tokens: 0, skipped: 0 };
  for await (const file of readWorkspace(positionals[0], doNotReadMatcher(defaultDoNotRead))) {
    if ('reason' in file) {
      counts.skipped++;
      if (values.quiet !== true) streams.note(describeSkip(file));
      continue;
    }
    counts.files++;
    for (const segment of await segmenter.segment(file.path, file.text)) {
      counts.segments++;
      counts.tokens += segment.tokens.length;
      await streams.result(show(segment));
    }
  }
  streams.note(`${counts.files} files, ${counts.segments} segments, ${counts.tokens} tokens; ${counts.skipped} skipped`);
  return exitCodes.success;
}

function asJson({ path, startLine, endLine, tokens }: Segment): string {
  return JSON.stringify({ path, startLine, endLine, tokens: Array.from(tokens) });
}

function asText({ path, startLine, endLine, tokens, cut, definitions }: Segment): string {
  return `${JSON.stringify(path)} ${startLine}-${endLine} ${tokens.length} tokens, ${cut}: ${definitions.join(' ')}`;
}
