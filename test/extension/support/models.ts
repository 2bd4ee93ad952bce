import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { writeTinyPack } from '../../fixtures/tinyPack';

/** A whole model of random weights: it writes noise, but through the real engine, in milliseconds. */
export class TinyModel {
  #directory: string | undefined;

  async write(): Promise<string> {
    this.#directory ??= await mkdtemp(join(tmpdir(), 'sparsek-tiny-model-'));
    await writeTinyPack(this.#directory);
    return this.#directory;
  }

  async dispose(): Promise<void> {
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The folder of the real model when all of its files are there, in their sizes. */
export function wholeRealModel(): string | undefined {
  const root = vscode.extensions.getExtension('sparsek.sparsek-code')?.extensionPath ?? '';
  const directory = process.env['SPARSEK_TEST_MODEL'] ?? join(root, 'models', 'qwen2.5-coder-0.5b');
  const manifest = join(directory, 'manifest.json');
  if (!existsSync(manifest)) return undefined;
  const { files } = JSON.parse(readFileSync(manifest, 'utf8')) as { files: Record<string, { bytes: number }> };
  const isWhole = Object.entries(files).every(([file, { bytes }]) => {
    const path = join(directory, file);
    return existsSync(path) && statSync(path).size === bytes;
  });
  return isWhole ? directory : undefined;
}
