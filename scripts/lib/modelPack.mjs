// The model pack as an artefact of its own: what the extension imports from a folder. Every file is compared with the
// manifest on the way, and SHA256SUMS lets anybody compare it again (sha256sum -c SHA256SUMS).
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRoot, out } from './paths.mjs';
import { importTypeScript } from './typescript.mjs';

const model = inRoot('models', 'qwen2.5-coder-0.5b');
const beside = ['manifest.json', 'MODEL_CARD.md', 'LICENSE'];

/** What Git hosts take as one file. */
const mostBytes = 100e6;

/**
 * @returns {Promise<{ folder: string, bytes: number, files: number }>}
 */
export async function packModel() {
  const { hashFile } = await importTypeScript('src/engine/model/shards.ts');
  const manifest = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8'));
  const folder = join(out, `sparsek-code-model-${manifest.name}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let sums = '';
  let bytes = 0;
  const names = [...Object.keys(manifest.files), ...beside];
  for (const name of names) {
    const path = join(model, name);
    const { size } = await stat(path).catch((error) => {
      throw new Error(`The model is not whole, so that no pack can be made of it: ${error.message}. In a clone, "git checkout -- models" restores it.`);
    });
    const hash = await hashFile(path);
    if (name in manifest.files && hash !== manifest.files[name].sha256) throw new Error(`${path} is damaged: its SHA-256 is not the manifest's. In a clone, "git checkout -- models" restores it.`);
    if (size > mostBytes) throw new Error(`${path} has ${size} bytes; a file of a pack must not have more than ${mostBytes}.`);
    await copyFile(path, join(folder, name));
    sums += `${hash}  ${name}\n`;
    bytes += size;
  }
  await writeFile(join(folder, 'SHA256SUMS'), sums);
  return { folder, bytes, files: names.length };
}
