/** The editor side's only way to the engine. Runs under plain Node, without the editor. */
import type { InitializeRequest } from '../protocol';
import type { AnsweringClient } from './answering';
import type { EngineClient } from './engineClient';
import { findNode, hostNode } from './findNode';
import type { Log } from './log';
import { openSharedEngine } from './openEngine';
import { PrivateEngine } from './privateEngine';
import { EngineSupervisor } from './supervisor';

export interface EngineOptions {
  readonly initialize: InitializeRequest;
  /** The setting `sparsek.engine.node`; empty when unset. */
  readonly node: string;
  /** Whether windows with the same options use one engine. */
  readonly share?: boolean;
}

/**
 * @param extensionDirectory where a shipped Node may be
 * @param program the engine's bundle
 * @param options read anew for each start
 */
export function createEngineClient(extensionDirectory: string, program: string, options: () => EngineOptions, log: Log): EngineClient & AnsweringClient {
  return new EngineSupervisor(async () => {
    const { initialize, node: setting, share = false } = options();
    const searchPath = process.env['PATH'] ?? '';
    const node = await findNode({ setting, extensionDirectory, host: hostNode(), searchPath });
    const open = () => (share ? openSharedEngine({ node, program, initialize }, log) : Promise.resolve(new PrivateEngine(node, program, log)));
    return { node, initialize, open };
  }, log);
}

export type { AnsweringClient, WordyRequest } from './answering';
export type { LiveDocument } from './documentMirror';
export type { EngineClient } from './engineClient';
export type { Log } from './log';
export type { CompletionParameters } from './session';
export { silentResult } from '../protocol';
export type { EngineState } from './state';
