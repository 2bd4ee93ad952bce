import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelPackFileName, modelPackFormatVersion, modelPackManifest, ProblemError } from '../../protocol';

/** One file of a pack, as its manifest states it. */
export interface PackFile {
  readonly name: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** What is copied when a pack is imported. The engine reads the rest of the manifest. */
export interface PackListing {
  /** The folder that holds the manifest. */
  readonly folder: string;
  readonly displayName: string;
  /** Changes with any weight. */
  readonly packVersion: string;
  readonly files: readonly PackFile[];
  /** Of all files, without the manifest. */
  readonly bytes: number;
}

const chooseAnother = 'Choose the folder of the model pack that belongs to this release: it holds a "manifest.json".';

/**
 * The pack in a folder that a person chose: the folder itself, or the only one in it that holds a pack.
 *
 * @throws ProblemError `model-missing`, `model-version` or `model-corrupt`
 */
export async function listPack(chosen: string): Promise<PackListing> {
  const folder = await folderOfManifest(chosen);
  const path = join(folder, modelPackManifest);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ProblemError({
      code: 'model-missing',
      what: `${chosen} holds no model pack (${error instanceof Error ? error.message : String(error)}).`,
      meaning: 'Nothing was imported.',
      remedy: chooseAnother,
    }, { cause: error });
  });
  return { folder, ...parseListing(text, path) };
}

/** Archives unpack into a folder of their own, which is then inside the one that is chosen. */
async function folderOfManifest(chosen: string): Promise<string> {
  const entries = await readdir(chosen, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === modelPackManifest)) return chosen;
  const inside: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const names: readonly string[] = await readdir(join(chosen, entry.name)).catch(() => []);
    if (names.includes(modelPackManifest)) inside.push(join(chosen, entry.name));
  }
  return inside.length === 1 ? inside[0] : chosen;
}

function parseListing(text: string, path: string): Omit<PackListing, 'folder'> {
  const manifest = objectOf(parseJson(text, path));
  const { formatVersion, displayName, packVersion } = manifest;
  if (typeof formatVersion === 'number' && formatVersion !== modelPackFormatVersion) throw otherVersion(formatVersion, path);
  if (formatVersion !== modelPackFormatVersion || typeof displayName !== 'string' || typeof packVersion !== 'string') {
    throw corrupt(path, 'it does not say which model it describes');
  }
  const files = Object.entries(objectOf(manifest['files'])).map(([name, value]): PackFile => {
    const { bytes, sha256 } = objectOf(value);
    const isFile = modelPackFileName.test(name) && Number.isSafeInteger(bytes) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
    if (!isFile) throw corrupt(path, `what it states of the file "${name}" cannot be read`);
    return { name, bytes: bytes as number, sha256 };
  });
  if (files.length === 0) throw corrupt(path, 'it lists no files');
  return { displayName, packVersion, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw corrupt(path, error instanceof Error ? error.message : String(error));
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function otherVersion(found: number, path: string): ProblemError {
  const isNewer = found > modelPackFormatVersion;
  return new ProblemError({
    code: 'model-version',
    what: `The model pack ${path} has format version ${found}; this extension reads version ${modelPackFormatVersion}.`,
    meaning: `The pack is ${isNewer ? 'newer' : 'older'} than the extension. Nothing was imported.`,
    remedy: isNewer ? 'Update the extension, or choose the pack of the version that is installed.' : chooseAnother,
  });
}

function corrupt(path: string, detail: string): ProblemError {
  return new ProblemError({
    code: 'model-corrupt',
    what: `The model's manifest ${path} is damaged: ${detail}.`,
    meaning: 'Nothing was imported.',
    remedy: 'Fetch the pack again, and import that.',
  });
}
