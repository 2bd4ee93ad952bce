import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFileName, packVersionOf, parseManifest } from '../src/engine/model';
import { buildDecoder, type Arithmetic } from './decoder';

/**
 * Writes the decoder's graph beside a pack's shards and brings its entry and the pack version in the manifest up to date.
 * The weights are not touched: a change of the attention never means exporting them again.
 *
 * @returns path of the graph and its size in bytes
 */
export async function emitGraphs(directory: string, arithmetic: Arithmetic = 'int8'): Promise<{ path: string; bytes: number }> {
  const manifestPath = join(directory, manifestFileName);
  const text = await readFile(manifestPath, 'utf8');
  const manifest = JSON.parse(text) as { graphs: { decoder: string }; files: Record<string, { bytes: number; sha256: string }>; packVersion: string };
  const file = manifest.graphs.decoder;
  // A pack fresh from the quantiser has no graph yet; the manifest is checked with a placeholder for it.
  manifest.files[file] ??= { bytes: 0, sha256: '0'.repeat(64) };
  const graph = buildDecoder(parseManifest(JSON.stringify(manifest), manifestPath), arithmetic);
  const path = join(directory, file);
  await writeWhole(path, graph);
  manifest.files[file] = { bytes: graph.length, sha256: createHash('sha256').update(graph).digest('hex') };
  manifest.packVersion = packVersionOf(manifest.files);
  await writeWhole(manifestPath, `${JSON.stringify(manifest, null, 1)}\n`);
  return { path, bytes: graph.length };
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
