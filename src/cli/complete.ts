import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pathInside } from '../engine/recall';
import { defaultDoNotRead, silentResult, type CompletionOutcome, type CompletionResult } from '../protocol';
import { parseArguments, usageProblem } from './arguments';
import { engineOptions, engineOptionsHelp, loadEngine, numberOption, type EngineOptions } from './engineOptions';
import { offsetOf, parseLocation, type Location } from './location';
import { describeSegment, prepareWorkspace } from './prepareWorkspace';
import { readSource } from './readSource';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

const usage = 'complete FILE:LINE:COL [--workspace DIR] [--json]';

export const complete: Subcommand = {
  name: 'complete',
  usage,
  summary: 'Write what the model would insert at a place in a file.',
  help: `
LINE and COL count from 1, as editors show them; COL 1 is before the line's first character. The model reads the whole
file before the cursor (what is far away goes through its bounded memory) and about 256 tokens behind it. With a workspace
its memory holds the rest of the file and the segments of other files that matter for the place as well.

  --workspace DIR the folder that is read for it; files that are ignored or may hold secrets are left out
  --segments N    with a workspace: recall the best N segments of other files, as far as --memory has room (default: 8)
  --json          one JSON object: {text, outcome, tokens: {read, reused, generated, accepted},
                  milliseconds: {load, firstToken, total}, memory: {keyValueBytes, entries, window}}; with a workspace
                  also segments: [{path, startLine, endLine, prior, why}], the best first
  --line          stop at the line's end (default: let the block finish)
  --max-tokens N  write at most N tokens (default: 128)
  --temperature T 0 takes the most likely token, always the same (default); higher is more varied
  --top-p P       with a temperature: draw from the most likely tokens that together have probability P (default: 1)
  --seed N        with a temperature: makes the run repeatable
  --no-lookup     do not propose what stands elsewhere in the file; slower, the same text
${engineOptionsHelp}

Without --json the text goes to standard output exactly as it would be inserted. Nothing to insert is exit code 3, with
the reason on standard error. Files that may hold secrets (.env, keys, certificates) are not opened.

Examples:
  sparsek complete src/server.ts:42:1 --line
  sparsek complete main.go:10:15 --json | jq -r .text
  sparsek complete src/server.ts:42:1 --workspace .`,
  run,
};

async function run(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals } = parseArguments(usage, args, {
    'json': { type: 'boolean' },
    'line': { type: 'boolean' },
    'max-tokens': { type: 'string' },
    'temperature': { type: 'string' },
    'top-p': { type: 'string' },
    'seed': { type: 'string' },
    'no-lookup': { type: 'boolean' },
    'workspace': { type: 'string' },
    'segments': { type: 'string' },
    ...engineOptions,
  });
  if (positionals.length > 1) throw usageProblem(usage, `One place at a time, not ${positionals.length}.`);
  const location = parseLocation(usage, positionals.at(0));
  const settings = {
    maxTokens: numberOption(usage, '--max-tokens', values['max-tokens'], 128),
    extent: values.line === true ? 'line' : 'block',
    sampling: {
      temperature: numberOption(usage, '--temperature', values.temperature, 0),
      topP: numberOption(usage, '--top-p', values['top-p'], 1),
      ...(values.seed === undefined ? {} : { seed: numberOption(usage, '--seed', values.seed, 0) }),
    },
    speculation: values['no-lookup'] !== true,
  } as const;
  const source = await readSource(location.file);
  if ('outcome' in source) return report(silentResult(source.outcome), values.json === true, streams);
  const limit = numberOption(usage, '--segments', values.segments, 8);
  const result = await completeText(source.text, location, settings, { ...values, limit }, streams);
  return report(result, values.json === true, streams);
}

type Settings = Pick<Parameters<Awaited<ReturnType<typeof loadEngine>>['complete']>[0], 'maxTokens' | 'extent' | 'sampling' | 'speculation'>;

interface Options extends EngineOptions {
  readonly workspace?: string;
  readonly limit: number;
}

/** With what the memory recalled, when a workspace was asked for. */
type Result = CompletionResult & { readonly segments?: readonly object[] };

async function completeText(text: string, location: Location, settings: Settings, options: Options, streams: Streams): Promise<Result> {
  const offset = offsetOf(usage, text, location);
  const uri = pathToFileURL(resolve(location.file)).href;
  if (options.workspace !== undefined && await pathInside(options.workspace, uri) === undefined) {
    throw usageProblem(usage, `${location.file} does not lie in ${options.workspace}, or one of them cannot be opened.`);
  }
  const workspace = options.workspace === undefined ? undefined : { folders: [{ folder: resolve(options.workspace), doNotRead: defaultDoNotRead }] };
  const engine = await loadEngine(usage, options, streams, workspace);
  try {
    engine.documents.open({ uri, path: relative('', location.file), languageId: '', version: 1, text });
    const segments = workspace === undefined ? [] : await prepareWorkspace(engine, { uri, offset }, options.limit, streams);
    const result = await engine.complete({ uri, version: 1, offset, ...settings }, new AbortController().signal);
    const timed = { ...result, milliseconds: { ...result.milliseconds, load: engine.info.loadMilliseconds } };
    return workspace === undefined ? timed : { ...timed, segments: segments.map(describeSegment) };
  } finally {
    await engine.dispose();
  }
}

async function report(result: Result, json: boolean, streams: Streams): Promise<number> {
  const code = result.outcome.kind === 'completed' ? exitCodes.success : exitCodes.nothing;
  if (json) {
    await streams.result(JSON.stringify(result));
    return code;
  }
  if (result.outcome.kind === 'completed') await streams.result(result.text);
  else streams.note(`Nothing to insert: ${describeOutcome(result.outcome)}`);
  const { tokens, milliseconds, memory } = result;
  streams.note(`read ${tokens.read}, reused ${tokens.reused}, generated ${tokens.generated} (${tokens.accepted} by lookup); `
    + `load ${Math.round(milliseconds.load)} ms, first token ${Math.round(milliseconds.firstToken)} ms, total ${Math.round(milliseconds.total)} ms; `
    + `${(memory.keyValueBytes / 1e6).toFixed(1)} MB of keys and values, ${memory.entries} entries in memory`);
  return code;
}

function describeOutcome(outcome: CompletionOutcome): string {
  if ('reason' in outcome) return outcome.reason;
  return outcome.kind === 'filtered' ? `the model's text was withheld by the rule "${outcome.rule}".` : `${outcome.kind}.`;
}
