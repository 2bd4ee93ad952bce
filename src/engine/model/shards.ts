import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../../protocol';
import { restoreRemedy, type ModelManifest } from './manifest';
import { readStamp, writeStamp, type Stamp, type StampEntry } from './stamp';

export interface VerifyOptions {
  /** Where the result is remembered, so that the next start does not hash the weights again; none: nothing is remembered. */
  readonly cacheDirectory?: string;
  /** Share of the bytes checked so far, 0 to 1, with the file at hand. */
  readonly onProgress?: (fraction: number, file: string) => void;
  readonly signal?: AbortSignal;
}

export interface Verification {
  /** 0 when an earlier start had hashed the same files. */
  readonly hashedBytes: number;
  /** Why the result could not be remembered; the next start hashes again. */
  readonly notRemembered?: string;
}

/**
 * Checks that every file of the pack is there, has its size, and has the SHA-256 of the manifest. A file whose size and
 * modification time are those of an earlier successful check is not hashed again.
 *
 * @throws ProblemError `model-missing` (no such file) or `model-corrupt` (size or hash), naming the file.
 * @throws the signal's reason when aborted.
 */
export async function verifyFiles(directory: string, manifest: ModelManifest, options: VerifyOptions = {}): Promise<Verification> {
  const { cacheDirectory, onProgress, signal } = options;
  const found: Stamp = {};
  for (const [file, expected] of Object.entries(manifest.files)) {
    found[file] = { sha256: expected.sha256, ...await measure(join(directory, file), expected.bytes) };
  }
  signal?.throwIfAborted();

  const known = cacheDirectory === undefined ? {} : await readStamp(cacheDirectory, directory);
  const pending = Object.entries(found).filter(([file, entry]) => !sameEntry(file in known ? known[file] : undefined, entry));
  const total = pending.reduce((sum, [, entry]) => sum + entry.bytes, 0);
  let done = 0;
  for (const [file, entry] of pending) {
    const path = join(directory, file);
    const sha256 = await hashFile(path, signal, (bytes) => {
      done += bytes;
      onProgress?.(total === 0 ? 1 : done / total, file);
    });
    if (sha256 !== entry.sha256) {
      throw corrupt(`The model file ${path} has SHA-256 ${sha256.slice(0, 12)}… where the manifest states ${entry.sha256.slice(0, 12)}….`);
    }
  }
  if (cacheDirectory === undefined || pending.length === 0) return { hashedBytes: total };
  const problem = await writeStamp(cacheDirectory, directory, found);
  return problem === undefined ? { hashedBytes: total } : { hashedBytes: total, notRemembered: problem };
}

/** SHA-256 of a file, read in pieces: a shard never lies in memory as a whole. */
export async function hashFile(path: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(piece);
    onBytes?.(piece.length);
  }
  return hash.digest('hex');
}

async function measure(path: string, expectedBytes: number): Promise<{ bytes: number; modified: number }> {
  let size: number;
  let modified: number;
  try {
    ({ size, mtimeMs: modified } = await stat(path));
  } catch (error) {
    throw new ProblemError({
      code: 'model-missing',
      what: `The model file ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      meaning: 'The model is incomplete and cannot be loaded.',
      remedy: restoreRemedy,
    }, { cause: error });
  }
  if (size !== expectedBytes) {
    throw corrupt(`The model file ${path} has ${size} bytes where the manifest states ${expectedBytes}.`);
  }
  return { bytes: size, modified };
}

function corrupt(what: string): ProblemError {
  return new ProblemError({
    code: 'model-corrupt',
    what,
    meaning: 'The file was damaged or only partly copied, and the model would write nonsense.',
    remedy: restoreRemedy,
  });
}

function sameEntry(known: StampEntry | undefined, found: StampEntry): boolean {
  return known !== undefined && known.bytes === found.bytes && known.modified === found.modified && known.sha256 === found.sha256;
}
