import { parseArgs } from 'node:util';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../src/protocol';
import { openBench, type Bench } from './bench';
import type { AskOptions } from './ask/ask';
import type { GpuOptions } from './gpu/gpu';
import type { QualityOptions } from './quality/quality';
import { saveJson } from './report';

const benchmarks: Readonly<Record<string, () => Promise<(bench: Bench, options: QualityOptions & AskOptions & GpuOptions) => Promise<object>>>> = {
  speed: async () => (await import('./speed')).speed,
  memory: async () => (await import('./memory')).memory,
  latency: async () => (await import('./latency')).latency,
  merge: async () => (await import('./merge')).merge,
  gpu: async () => (await import('./gpu/gpu')).gpu,
  quality: async () => (await import('./quality/quality')).quality,
  ask: async () => (await import('./ask/ask')).ask,
  summarize: async () => (await import('./summarize/summarize')).summarize,
  peers: async () => (await import('./peers/peers')).peers,
  windows: async () => (await import('./windows')).windows,
  workspace: async () => (await import('./workspace/workspace')).workspace,
};

const help = `npm run bench -- speed|memory|latency|merge|windows [--json FILE] [--model DIR] [--threads N]
npm run bench -- gpu [--contexts N,N,…] [--json FILE] [--model DIR]
npm run bench -- quality --repo DIR [--episodes N] [--seconds N] [--json FILE] [--model DIR] [--threads N]
npm run bench -- peers --repo DIR [--episodes N] [--seconds N] [--json FILE] [--model DIR] [--threads N]
npm run bench -- workspace --repo DIR [--json FILE] [--model DIR] [--threads N]
npm run bench -- ask --repo DIR --questions FILE [--json FILE] [--model DIR] [--threads N]
npm run bench -- summarize --repo DIR [--episodes N] [--json FILE] [--model DIR] [--threads N]

  speed    prefill and decode, plain and with lookup, at 1k to 16k tokens of context, interleaved with llama.cpp
           (node-llama-cpp and the base weights are fetched when first needed: about 1.2 GB)
  memory   bytes of key/value state and resident memory of the engine after reading 4k, 16k and 64k tokens
  latency  a typing session replayed in real files: keystroke to suggestion, warm and after a cursor jump
  merge    memories of 4 to 48 segments merged to K entries, and one eviction into the memory
  windows  one to three windows with an engine for all and with one each: resident memory; changing windows, a kill, unloading
  gpu      the shaders on this machine's GPU: reading, writing and verifying behind 1k to 1 M tokens of context, the first token
           behind a warm memory, merging, time by kernel, bytes of our buffers; llama.cpp on Vulkan where it is installed
  quality  what other files of a repository are worth: loss on tokens that only they tell and lines that use their names,
           behind nothing, behind memories of the 16 best segments, and behind the 4 best as text. N files (default: 6),
           the same ones every time; minutes each
  peers    lines that use names of other files, completed with the workspace's memory, and by llama.cpp on the same base weights with
           the prompt of llama.vscode: 16 chunks of 64 lines of the files that a file imports and of those beside it, 256 lines
           before the cursor and 64 behind. Exact lines, edit similarity, milliseconds after a key with all read that can be.
           Six lines each of N files (default: 2), the same ones every time; the peer reads its chunks first: minutes a file
  ask      questions about a repository whose answers are known (test/fixtures/questions holds sixty, ten a repository, for
           the commits they name): whether the sources have the right file and lines, links exist, the answer has the fact
  summarize  N files (default: 10) of all lengths up to 64k tokens: whether each linked name stands in its line, the share of the
           top-level names that are shown, reading time by length
  workspace  one file of a repository's first 14k, 60k, 200k and 1 M tokens completed, as in real use: indexing, segments encoded,
           a restart, keystrokes, bytes; the smaller two are read whole as well (minutes)

--seconds N begins no further file after that time. Tokens a second, megabytes of 10^6 bytes, milliseconds. Close what else uses the processor.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' }, model: { type: 'string' }, threads: { type: 'string', default: '0' }, repo: { type: 'string' },
      episodes: { type: 'string' }, seconds: { type: 'string', default: 'Infinity' }, questions: { type: 'string' }, contexts: { type: 'string', default: '1024,4096,16384,65536,131072,1048576' }, help: { type: 'boolean' },
    },
  });
  const name = positionals[0] ?? '';
  const episodes = Number(values.episodes ?? (name === 'peers' ? 2 : name === 'summarize' ? 10 : 6));
  const isComplete = (!['quality', 'peers', 'ask', 'summarize', 'workspace'].includes(name) || values.repo !== undefined) && (name !== 'ask' || values.questions !== undefined)
    && Number.isInteger(episodes) && episodes > 0;
  if (values.help === true || !(name in benchmarks) || !isComplete) {
    console.log(help);
    return values.help === true ? 0 : 2;
  }
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
  const bench = await openBench(root, resolve(values.model ?? `${root}/models/qwen2.5-coder-0.5b`), Number(values.threads));
  const run = await benchmarks[name]();
  const keep = async (figures: object) => { if (values.json !== undefined) await saveJson(values.json, name, figures); };
  const figures = await run(bench, { repo: values.repo ?? '', episodes, seconds: Number(values.seconds), keep, questions: values.questions ?? '', contexts: values.contexts.split(',').map(Number) });
  await keep(figures);
  if (values.json !== undefined) console.log(`Figures saved to ${values.json}`);
  return 0;
}

main().then(
  (code) => { process.exitCode = code; },
  (error: unknown) => {
    console.error(error instanceof ProblemError ? error.message : error);
    process.exitCode = 1;
  },
);
