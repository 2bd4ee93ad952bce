import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Bytes of a socket's path that every system takes (104 with the end on macOS, 108 on Linux). */
const longestSocketPath = 103;

/** Where the windows find the engine that they may share. */
export interface MeetingPlace {
  /** Of the socket or named pipe. */
  readonly address: string;
  /** The file that whoever starts the engine holds meanwhile. */
  readonly lock: string;
  /** A name for the file that the next engine's standard error goes to. */
  newLog(): string;
  /** Takes away what an engine that was killed has left. To be done under the lock. */
  clear(): Promise<void>;
}

/**
 * A folder that only its owner can enter, in the folder for what lives as long as a login, or that for temporary files.
 *
 * @param key names what windows must have in common to share an engine
 * @throws Error with the reason, in words that follow "because", when there can be none
 */
export async function meetingPlace(key: readonly string[], base = runtimeFolder()): Promise<MeetingPlace> {
  const user = process.getuid?.();
  const folder = join(base, user === undefined ? 'sparsek' : `sparsek-${user}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await refuseOpenFolder(folder, user);
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 20);
  const socket = join(folder, `${name}.sock`);
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\sparsek-${await secretOf(folder)}-${name}` : socket;
  if (process.platform !== 'win32' && Buffer.byteLength(socket) > longestSocketPath) throw new Error(`the path ${socket} is too long for a socket`);
  return {
    address,
    lock: join(folder, `${name}.lock`),
    newLog: () => join(folder, `${name}-${randomUUID()}.log`),
    clear: async () => {
      const left = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.log'));
      // Whoever still reads such a file goes on with what it holds.
      for (const file of left) await rm(join(folder, file), { force: true });
      await rm(socket, { force: true });
    },
  };
}

function runtimeFolder(): string {
  const folder = process.env['XDG_RUNTIME_DIR'];
  return process.platform === 'linux' && folder !== undefined && isAbsolute(folder) ? folder : tmpdir();
}

/** In a folder that others can write, somebody else may have made it first, to hear what is said in it. */
async function refuseOpenFolder(folder: string, user: number | undefined): Promise<void> {
  const found = await lstat(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (user === undefined) return;
  if (found.uid !== user) throw new Error(`${folder} belongs to somebody else`);
  if ((found.mode & 0o077) !== 0) throw new Error(`others may enter ${folder}`);
}

/** The names of pipes are everybody's; whoever cannot read this file of the owner's cannot know the pipe's. */
async function secretOf(folder: string): Promise<string> {
  const path = join(folder, 'secret');
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(16).toString('hex'));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const secret = await readFile(path, 'utf8');
  if (!/^[0-9a-f]{32}$/.test(secret)) throw new Error(`${path} is not whole`);
  return secret;
}
