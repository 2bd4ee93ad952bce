import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What the extension's log says about one completion. */
export interface Figures {
  readonly reused: number;
  readonly read: number;
  readonly generated: number;
  /** Of the key/value cache, with its unit. */
  readonly keyValueCache: string;
}

/** The text of the extension's output channel, which VS Code also writes to a file. */
export async function extensionLog(userData: string): Promise<string> {
  const logs = join(userData, 'logs');
  const files = await readdir(logs, { recursive: true });
  const ours = files.filter((file) => basename(file) === 'SparseK Code.log');
  return (await Promise.all(ours.map((file) => readFile(join(logs, file), 'utf8')))).join('\n');
}

/** The figures of every completion that the log tells of, oldest first. */
export function figuresIn(log: string): Figures[] {
  const pattern = /reused (\d+), read (\d+), generated (\d+).*?([\d.]+ MB) of keys and values/g;
  return [...log.matchAll(pattern)].map(([, reused, read, generated, keyValueCache]) => ({
    reused: Number(reused),
    read: Number(read),
    generated: Number(generated),
    keyValueCache,
  }));
}
