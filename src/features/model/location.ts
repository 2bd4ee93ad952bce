import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtensionContext } from 'vscode';
import { modelPackManifest } from '../../protocol';
import { readEngineSettings } from '../settings';
import { ImportedPacks } from './importedPacks';

const shippedModel = 'models/qwen2.5-coder-0.5b';

export function importedPacks(context: ExtensionContext): ImportedPacks {
  return new ImportedPacks(join(context.globalStorageUri.fsPath, 'models'));
}

/**
 * Folder of the model: the one that the settings name; the one that was imported; the one beside the program, which a clone
 * has. Where there is none at all it is the last, so that the engine says what is missing.
 */
export function modelDirectory(context: ExtensionContext): string {
  const { modelPath } = readEngineSettings();
  if (modelPath !== '') return modelPath;
  const beside = context.asAbsolutePath(shippedModel);
  const imported = importedPacks(context).current;
  return imported !== undefined && existsSync(join(imported, modelPackManifest)) ? imported : beside;
}
