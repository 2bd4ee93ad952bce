import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { createEngineClient, type EngineClient, type LiveDocument } from '../../src/client';
import { protocolVersion, type CompletionResult, type ReadFirst } from '../../src/protocol';
import type { Bench } from './bench';

/** The engine as people run it: a process of its own, reached through the editor side's client. */
export class BenchEngine implements AsyncDisposable {
  private constructor(private readonly client: EngineClient, private readonly scratch: string) {}

  static async start({ root, modelDirectory, budgetMegabytes, threads }: Bench): Promise<BenchEngine> {
    const scratch = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
    const initialize = { protocolVersion, modelDirectory, cacheDirectory: scratch, memoryBudgetMegabytes: budgetMegabytes, threads };
    const log = { trace() {}, debug() {}, info() {}, warn: console.error, error: console.error };
    const client = createEngineClient(root, join(root, 'dist/engine.cjs'), () => ({ initialize, node: '' }), log);
    client.start();
    const engine = new BenchEngine(client, scratch);
    await engine.ready();
    return engine;
  }

  /** A greedy line with the extension's defaults. @throws Error when the engine does not answer as one that works */
  async complete(document: LiveDocument, offset: number, readFirst: ReadFirst = 'everything'): Promise<CompletionResult> {
    const source = new CancellationTokenSource();
    const sampling = { temperature: 0, topP: 1 };
    const parameters = { version: document.version, offset, maxTokens: 64, extent: 'line', sampling, speculation: true, readFirst } as const;
    const result = await this.client.complete(document, parameters, source.token);
    source.dispose();
    const { outcome } = result;
    if (outcome.kind === 'not-ready' || outcome.kind === 'unreadable') throw new Error(`${outcome.kind}: ${outcome.reason}`);
    return result;
  }

  changed(change: Parameters<EngineClient['changeDocument']>[0]): void {
    this.client.changeDocument(change);
  }

  close(document: LiveDocument): void {
    this.client.closeDocument(document.uri);
  }

  /** Settles when a document's text before the cursor has been read in pauses; tells how long that took, in milliseconds. */
  async untilRead(uri: string): Promise<number> {
    const start = performance.now();
    await new Promise<void>((resolve) => {
      const registration = this.client.onDidReadDocument((reading) => {
        if (reading.uri !== uri || reading.read < reading.tokens) return;
        registration.dispose();
        resolve();
      });
    });
    return performance.now() - start;
  }

  /** Resident memory of the engine's process, bytes. */
  residentBytes(): number {
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(this.client.processId)], { encoding: 'utf8' }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.dispose();
    await rm(this.scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const registration = this.client.onDidChangeState((state) => {
        if (state.kind === 'failed') reject(new Error(state.problem.what));
        if (state.kind === 'ready') resolve();
        if (state.kind === 'failed' || state.kind === 'ready') registration.dispose();
      });
    });
  }
}
