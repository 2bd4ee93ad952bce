import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { createEngineClient, type EngineClient, type EngineState } from '../../src/client';
import { protocolVersion, type CompletionResult } from '../../src/protocol';
import type { Bench } from './bench';
import { realCode } from './realCode';
import { printTable } from './report';

const log = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
const parameters = { version: 1, maxTokens: 16, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true, readFirst: 'livePart' } as const;

/** Windows of one person: memory with an engine for all and with one each, changing windows, a kill, and the model unloaded. */
export async function windows(bench: Bench): Promise<object> {
  const code = (await realCode(bench.root, 40_000)).slice(0, 20_000);
  const rows = [];
  for (const share of [true, false]) {
    for (const count of [1, 2, 3]) rows.push(await resident(bench, count, share, code));
  }
  printTable(rows);
  const life = await lifeOf(bench, code);
  printTable([life]);
  return { rows, life };
}

/** Resident memory of all engines after each window has completed in a document of its own. */
async function resident(bench: Bench, count: number, share: boolean, code: string) {
  return withWindows(bench, count, share, 0, async (clients) => {
    for (const [i, client] of clients.entries()) await complete(client, `// window ${i}\n${code}`);
    const engines = new Set(clients.map(({ processId }) => processId));
    return { windows: count, share: String(share), engines: engines.size, 'resident MB': [...engines].reduce<number>((sum, engine) => sum + residentBytes(engine), 0) / 1e6 };
  });
}

async function lifeOf(bench: Bench, code: string) {
  const going = await withWindows(bench, 3, true, 0, async (clients) => {
    const texts = clients.map((_, i) => `// window ${i}\n${code}`);
    const first = await complete(clients[0], texts[0]);
    const again = await complete(clients[0], texts[0]);
    await complete(clients[1], texts[1]);
    const back = await complete(clients[0], texts[0]);
    const [killed] = clients.map(({ processId }) => processId);
    process.kill(killed ?? NaN, 'SIGKILL');
    const start = performance.now();
    await Promise.all(clients.map((client) => until(client, (state) => state.kind === 'ready' && client.processId !== killed)));
    return {
      'first answer ms': first.milliseconds.total, 'same again ms': again.milliseconds.total, 'after another window ms': back.milliseconds.total,
      'after a kill, three windows ready ms': performance.now() - start,
    };
  });
  const unloaded = await withWindows(bench, 1, true, 0.05, async ([client]) => {
    await complete(client, code);
    const engine = client.processId;
    await until(client, ({ kind }) => kind === 'stopped');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const start = performance.now();
    client.start();
    await until(client, ({ kind }) => kind === 'ready');
    const ready = performance.now() - start;
    return { 'unloaded resident MB': residentBytes(engine) / 1e6, 'back after ms': ready };
  });
  return { ...going, ...unloaded };
}

async function withWindows<T>({ root, modelDirectory, budgetMegabytes, threads }: Bench, count: number, share: boolean, idleMinutes: number, use: (clients: EngineClient[]) => Promise<T>): Promise<T> {
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
  const initialize = { protocolVersion, modelDirectory, cacheDirectory, memoryBudgetMegabytes: budgetMegabytes, threads, idleMinutes };
  const clients = Array.from({ length: count }, () => createEngineClient(root, join(root, 'dist/engine.cjs'), () => ({ initialize, node: '', share }), log));
  try {
    for (const client of clients) client.start();
    await Promise.all(clients.map((client) => until(client, ({ kind }) => kind === 'ready')));
    return await use(clients);
  } finally {
    for (const client of clients) client.stop();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await rm(cacheDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function complete(client: EngineClient, text: string): Promise<CompletionResult> {
  const source = new CancellationTokenSource();
  const start = performance.now();
  const result = await client.complete({ uri: 'file:///bench.ts', path: 'bench.ts', languageId: 'typescript', version: 1, text: () => text }, { ...parameters, offset: text.length }, source.token);
  source.dispose();
  if (result.outcome.kind === 'not-ready') throw new Error(result.outcome.reason);
  return { ...result, milliseconds: { ...result.milliseconds, total: performance.now() - start } };
}

/** Of a process that is gone: 0. */
function residentBytes(processId: number | undefined): number {
  try {
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(processId)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return 0;
  }
}

function until(client: EngineClient, holds: (state: EngineState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (holds(client.state)) resolve();
      else if (client.state.kind === 'failed') reject(new Error(client.state.problem.what));
      else setTimeout(look, 10);
    };
    look();
  });
}
