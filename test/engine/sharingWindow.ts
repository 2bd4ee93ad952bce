import { fileURLToPath } from 'node:url';
import { CancellationToken } from 'vscode-jsonrpc/node';
import { createEngineClient, type EngineClient, type EngineState } from '../../src/client';
import { waitForState } from '../../src/client/waitForState';
import type { CompletionResult, InitializeRequest } from '../../src/protocol';
import { MemoryLog } from '../unit/client/memoryLog';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

/** A window as far as the engine is concerned: a client that shares, its log, and the states it went through. */
export interface SharingWindow {
  readonly client: EngineClient;
  readonly log: MemoryLog;
  readonly seen: readonly EngineState['kind'][];
  until(kind: EngineState['kind']): Promise<EngineState>;
  /** Another engine than this is ready. */
  untilAnother(engine: number): Promise<void>;
  complete(text: string): Promise<CompletionResult>;
}

/** @param share whether it does not have an engine of its own */
export function openWindow(initialize: InitializeRequest, engine = program('engine.mjs'), share = true): SharingWindow {
  const log = new MemoryLog();
  const client = createEngineClient('/nowhere', engine, () => ({ node: '', initialize, share }), log);
  const seen: EngineState['kind'][] = [];
  client.onDidChangeState(({ kind }) => { if (seen.at(-1) !== kind) seen.push(kind); });
  return {
    client, log, seen,
    until: async (kind) => {
      const state = await waitForState<EngineState>(client, (now) => now.kind === kind, CancellationToken.None, 30_000);
      if (state.kind !== kind) throw new Error(`The engine is ${state.kind}, not ${kind}.\n${log.lines.join('\n')}`);
      return state;
    },
    untilAnother: async (engine) => {
      for (let tries = 0; tries < 1500; tries++) {
        if (client.state.kind === 'ready' && client.processId !== engine) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`No other engine is ready; this one is ${client.state.kind}.\n${log.lines.join('\n')}`);
    },
    complete: (text) => client.complete(
      { uri: 'file:///a.ts', path: 'a.ts', languageId: 'typescript', version: 1, text: () => text },
      { version: 1, offset: text.length, maxTokens: 8, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true },
      CancellationToken.None,
    ),
  };
}

/** A program that is a window, for `node`; its one argument is an InitializeRequest as JSON. */
export const windowProgram = program('window.mjs');
