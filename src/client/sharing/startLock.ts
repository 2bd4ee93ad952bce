import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';

/** A start takes a fraction of a second; whoever holds the lock for so long will not come back to it. */
const abandonedMilliseconds = 30_000;

/** Held by the window that starts the engine. */
export interface StartLock {
  release(): Promise<void>;
}

/**
 * Takes a lock file, if nobody has it. One whose holder has died, or holds it for too long, is taken over.
 *
 * @returns undefined when somebody else holds it
 */
export async function takeLock(path: string): Promise<StartLock | undefined> {
  const content = `${process.pid} ${randomUUID()}`;
  for (let tries = 0; tries < 2; tries++) {
    if (await create(path, content)) return { release: () => releaseIfOwn(path, content) };
    if (!await removeAbandoned(path)) return undefined;
  }
  return undefined;
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'EPERM')) return false;
    throw error;
  }
}

/** @returns whether the file may be there no more */
async function removeAbandoned(path: string): Promise<boolean> {
  const seen = await read(path);
  if (seen === undefined) return true;
  const isOld = Date.now() - seen.written > abandonedMilliseconds;
  // Between creating a file and writing it there is a moment in which nobody is named.
  if (!isOld && (seen.holder === undefined || isRunning(seen.holder))) return false;
  // Of several that see it abandoned one renames this very file; another could only get a newer one, and puts that back.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  const taken = await readFile(aside, 'utf8').catch(() => '');
  if (taken !== seen.content) await rename(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return true;
}

async function read(path: string): Promise<{ content: string; holder: number | undefined; written: number } | undefined> {
  try {
    const [content, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
    const holder = /^(\d+) /.exec(content)?.[1];
    return { content, holder: holder === undefined ? undefined : Number(holder), written: mtimeMs };
  } catch {
    return undefined;
  }
}

async function releaseIfOwn(path: string, content: string): Promise<void> {
  if (await readFile(path, 'utf8').catch(() => '') === content) await rm(path, { force: true });
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
