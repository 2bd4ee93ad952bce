import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { ProblemError } from '../protocol';
import { askNodeVersion, isAtLeast, oldestNode, parseNodeVersion } from './nodeVersion';

export interface NodeChoice {
  readonly executable: string;
  /** `v20.19.1` */
  readonly version: string;
  /** Why this one, in words that follow "because it is". */
  readonly because: string;
  /** What the executable needs in its environment to behave as plain Node. */
  readonly environment: Readonly<Record<string, string>>;
  /** What came before it in the order and could not be used, one sentence each. */
  readonly passedOver: readonly string[];
}

/** Where to look. {@link hostNode} fills it for the process that asks. */
export interface NodeSurroundings {
  /** The setting `sparsek.engine.node`; empty when unset. */
  readonly setting: string;
  /** A package for one platform may ship a Node in the folder `node` below this one. */
  readonly extensionDirectory: string;
  readonly host: HostNode;
  /** The variable PATH. */
  readonly searchPath: string;
}

export interface HostNode {
  readonly executable: string;
  readonly version: string;
  readonly isElectron: boolean;
}

export function hostNode(): HostNode {
  return {
    executable: process.execPath,
    version: process.version,
    isElectron: process.versions.electron !== undefined,
  };
}

/**
 * Which Node runs the engine. In this order: the setting; a Node shipped with the extension; the host's own executable
 * where that is plain Node (remote hosts, containers, a served editor); `node` on PATH; the editor's Electron behaving as
 * Node. The setting is binding: a bad one is an error and nothing else is tried.
 *
 * @throws ProblemError `node-missing`
 */
export async function findNode(where: NodeSurroundings): Promise<NodeChoice> {
  if (where.setting !== '') return fromSetting(where.setting);
  const passedOver: string[] = [];
  for (const candidate of [shipped, hostItself, onSearchPath, electron]) {
    const found = await candidate(where, passedOver);
    if (found) return { ...found, passedOver };
  }
  throw new ProblemError({
    code: 'node-missing',
    what: `No Node.js was found that can run the engine. ${passedOver.join(' ')}`,
    meaning: 'There are no completions without it.',
    remedy: `Install Node.js ${oldestNode.major}.${oldestNode.minor} or newer and restart the engine, or name one in the setting "sparsek.engine.node".`,
  });
}

type Found = Omit<NodeChoice, 'passedOver'>;
type Candidate = (where: NodeSurroundings, passedOver: string[]) => Promise<Found | undefined>;

async function fromSetting(executable: string): Promise<NodeChoice> {
  try {
    if (!isAbsolute(executable)) throw new Error('it is not an absolute path');
    const version = await versionOf(executable);
    return { executable, version, because: 'named in the setting "sparsek.engine.node"', environment: {}, passedOver: [] };
  } catch (error) {
    throw new ProblemError({
      code: 'node-missing',
      what: `The setting "sparsek.engine.node" names ${executable}, which cannot run the engine: ${messageOf(error)}.`,
      meaning: 'There are no completions until the setting is right.',
      remedy: `Name a Node.js of at least ${oldestNode.major}.${oldestNode.minor} by its absolute path, or clear the setting to have one found.`,
    });
  }
}

const shipped: Candidate = async (where, passedOver) => {
  const executable = join(where.extensionDirectory, 'node', process.platform === 'win32' ? 'node.exe' : 'bin/node');
  return (await isExecutable(executable)) ? usable(executable, 'shipped with the extension', passedOver) : undefined;
};

const hostItself: Candidate = (where, passedOver) => {
  const { executable, version, isElectron } = where.host;
  if (isElectron) return Promise.resolve(undefined);
  const parsed = parseNodeVersion(version);
  if (parsed && isAtLeast(parsed, oldestNode)) {
    return Promise.resolve({ executable, version, because: "the extension host's own", environment: {} });
  }
  passedOver.push(tooOld(executable, version));
  return Promise.resolve(undefined);
};

const onSearchPath: Candidate = async (where, passedOver) => {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  // A relative folder on PATH would let the opened workspace choose the program.
  for (const folder of where.searchPath.split(delimiter).filter(isAbsolute)) {
    const executable = join(folder, name);
    const found = (await isExecutable(executable)) ? await usable(executable, 'the first fit one on PATH', passedOver) : undefined;
    if (found) return found;
  }
  return undefined;
};

/** The last resort takes any Node 20: some editors of the supported range carry 20.18, which the engine can do with. */
const electron: Candidate = (where, passedOver) => {
  const { executable, version, isElectron } = where.host;
  if (!isElectron) return Promise.resolve(undefined);
  const parsed = parseNodeVersion(version);
  if (parsed && isAtLeast(parsed, { major: oldestNode.major, minor: 0 })) {
    const environment = { ELECTRON_RUN_AS_NODE: '1' };
    return Promise.resolve({ executable, version, because: "the editor's own executable, the last resort", environment });
  }
  passedOver.push(tooOld(executable, version));
  return Promise.resolve(undefined);
};

async function usable(executable: string, because: string, passedOver: string[]): Promise<Found | undefined> {
  try {
    return { executable, version: await versionOf(executable), because, environment: {} };
  } catch (error) {
    passedOver.push(`${executable} was passed over: ${messageOf(error)}.`);
    return undefined;
  }
}

/** @throws Error when it is not a Node that is new enough */
async function versionOf(executable: string): Promise<string> {
  const version = await askNodeVersion(executable);
  const parsed = parseNodeVersion(version);
  if (!parsed || !isAtLeast(parsed, oldestNode)) throw new Error(`it is ${version}, older than ${oldestNode.major}.${oldestNode.minor}`);
  return version;
}

function tooOld(executable: string, version: string): string {
  return `${executable} was passed over: it is ${version}, older than ${oldestNode.major}.${oldestNode.minor}.`;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
