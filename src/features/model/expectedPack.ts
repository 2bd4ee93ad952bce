import { readFile } from 'node:fs/promises';
import type { ModelInfo } from '../../protocol';

/** The model pack that this build was made with; the build writes it beside the program. */
export interface ExpectedPack {
  readonly name: string;
  readonly packVersion: string;
}

/** @param path of `modelPack.json`. @returns undefined where the build had no model */
export async function readExpectedPack(path: string): Promise<ExpectedPack | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Record<string, unknown>>;
    const { name, packVersion } = value;
    return typeof name === 'string' && typeof packVersion === 'string' ? { name, packVersion } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a pack that was imported is the release's model in another version: what an update of the extension leaves behind. */
export function isOfAnotherRelease(model: Pick<ModelInfo, 'name' | 'packVersion'>, expected: ExpectedPack | undefined): boolean {
  return expected !== undefined && model.name === expected.name && model.packVersion !== expected.packVersion;
}
