import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { engineSettings, type InitializeRequest } from '../protocol';
import type { EngineRun } from './engineRun';
import type { NodeChoice } from './findNode';
import type { Log } from './log';
import { PrivateEngine } from './privateEngine';
import { meetingPlace, type MeetingPlace } from './sharing/meetingPlace';
import { SharedEngine } from './sharing/sharedEngine';

export interface EngineProgram {
  readonly node: NodeChoice;
  /** The engine's bundle. */
  readonly program: string;
  readonly initialize: InitializeRequest;
}

/**
 * Joins the engine that windows of the same release with the same settings share, and starts it where there is none. Where
 * there is no place to meet, the window gets an engine of its own, and the log says why.
 *
 * @throws Error when it cannot be started; the message follows "The engine"
 */
export async function openSharedEngine({ node, program, initialize }: EngineProgram, log: Log): Promise<EngineRun> {
  let place: MeetingPlace;
  try {
    place = await meetingPlace([node.version, node.executable, program, await versionOf(program), await packOf(initialize.modelDirectory), engineSettings(initialize)]);
  } catch (error) {
    log.warn(`This window does not share its engine with others, because ${error instanceof Error ? error.message : String(error)}.`);
    return new PrivateEngine(node, program, log);
  }
  return SharedEngine.join(place, node, program, log);
}

/** A program that was built anew is another one. */
async function versionOf(program: string): Promise<string> {
  const { size, mtimeMs } = await stat(program);
  return `${size} ${mtimeMs}`;
}

/** A pack that came in place of another is another one; one that is missing is none. */
async function packOf(directory: string): Promise<string> {
  return readFile(join(directory, 'manifest.json'), 'utf8').catch(() => '');
}
