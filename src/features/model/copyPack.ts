import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { modelPackManifest, ProblemError } from '../../protocol';
import type { Disk } from './disk';
import type { PackFile, PackListing } from './packListing';

export interface CopyOptions {
  readonly disk: Disk;
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes arrive, with the file that they belong to. */
  readonly onProgress?: ((bytes: number, file: string) => void) | undefined;
}

/** Small enough that hashing one keeps the extension host for a fraction of a millisecond. */
const pieceBytes = 1 << 17;

/**
 * Copies a pack into a new folder and compares each file with its checksum on the way.
 *
 * @throws ProblemError `model-missing` or `model-corrupt`, of the pack; `model-not-imported`, of the disk
 * @throws the signal's reason when aborted
 */
export async function copyPack(pack: PackListing, target: string, options: CopyOptions): Promise<void> {
  await mkdir(target, { recursive: true }).catch((error: unknown) => { throw notWritten(target, pack.bytes, error); });
  for (const file of pack.files) await copyChecked(file, pack, target, options);
  // Last, so that a folder with a manifest is a whole pack.
  await copyFile(join(pack.folder, modelPackManifest), join(target, modelPackManifest))
    .catch((error: unknown) => { throw notWritten(target, pack.bytes, error); });
}

async function copyChecked(file: PackFile, pack: PackListing, target: string, { disk, signal, onProgress }: CopyOptions): Promise<void> {
  const from = join(pack.folder, file.name);
  const hash = createHash('sha256');
  let copied = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    const pieces = createReadStream(from, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>;
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        copied += piece.length;
        onProgress?.(piece.length, file.name);
        yield piece;
        // Pieces that are there already would come one after the other, and the editor's own messages behind all of them.
        await setImmediate();
      }
    } catch (error) {
      throw notRead(from, error);
    }
  };
  try {
    await pipeline(counted, disk.write(join(target, file.name)), ...(signal ? [{ signal }] as const : []));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ProblemError ? error : notWritten(target, pack.bytes, error);
  }
  if (copied !== file.bytes) throw corrupt(`${from} has ${copied} bytes where the manifest states ${file.bytes}.`);
  const found = hash.digest('hex');
  if (found !== file.sha256) throw corrupt(`${from} has SHA-256 ${found.slice(0, 12)}… where the manifest states ${file.sha256.slice(0, 12)}….`);
}

/** @param bytes that the pack needs in all */
export function diskFull(folder: string, bytes: number, freeBytes?: number): ProblemError {
  const free = freeBytes === undefined ? '' : ` and ${megabytes(freeBytes)} are free`;
  return new ProblemError({
    code: 'model-not-imported',
    what: `The disk of ${folder} is too full: the model needs ${megabytes(bytes)}${free}.`,
    meaning: 'Nothing was imported, and nothing of it is left there.',
    remedy: 'Make room and import again; or leave the pack where it is and name its folder in the setting "sparsek.model.path".',
  });
}

function notWritten(folder: string, bytes: number, error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, bytes);
  return new ProblemError({
    code: 'model-not-imported',
    what: `The model could not be written to ${folder} (${messageOf(error)}).`,
    meaning: 'Nothing was imported, and nothing of it is left there.',
    remedy: 'Leave the pack where it is and name its folder in the setting "sparsek.model.path", or make that folder writable and import again.',
  }, { cause: error });
}

function notRead(path: string, error: unknown): ProblemError {
  return new ProblemError({
    code: 'model-missing',
    what: `${path} cannot be read (${messageOf(error)}).`,
    meaning: 'The pack is incomplete. Nothing was imported.',
    remedy: 'Fetch the pack again, and import that.',
  }, { cause: error });
}

function corrupt(what: string): ProblemError {
  return new ProblemError({
    code: 'model-corrupt',
    what,
    meaning: 'The pack is damaged or only partly copied. Nothing was imported.',
    remedy: 'Fetch the pack again, and import that.',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
