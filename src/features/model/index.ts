/** Import Model: a model pack from a folder, checked and kept where all windows find it. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { describeProblem, ProblemError } from '../../protocol';
import { commands } from '../commands';
import { readEngineSettings, section } from '../settings';
import { isOfAnotherRelease, readExpectedPack } from './expectedPack';
import { importedPacks } from './location';
import { listPack, type PackListing } from './packListing';

export { modelDirectory } from './location';

/** Its label ends in dots: a folder is asked for. */
export const importAction = 'Import Model…';

export function registerModel(context: vscode.ExtensionContext, client: EngineClient, log: vscode.LogOutputChannel): vscode.Disposable {
  let told = false;
  const follow = async () => {
    const { state } = client;
    if (told || state.kind !== 'ready' || readEngineSettings().modelPath !== '' || importedPacks(context).current === undefined) return;
    told = true;
    const { model } = state.info;
    const expected = await readExpectedPack(context.asAbsolutePath('dist/modelPack.json'));
    if (isOfAnotherRelease(model, expected)) await tellOldPack(model.packVersion, expected?.packVersion ?? '');
  };
  return vscode.Disposable.from(
    client.onDidChangeState(() => void follow()),
    vscode.commands.registerCommand(commands.importModel, (folder?: vscode.Uri) => importModel(context, log, folder)),
  );
}

async function tellOldPack(found: string, expected: string): Promise<void> {
  const text = `SparseK Code: The imported model is version ${found}; this release of the extension was made with ${expected}. It works, but not as described and measured. Import the pack of this release.`;
  const chosen = await vscode.window.showWarningMessage(text, importAction);
  if (chosen !== undefined) await vscode.commands.executeCommand(commands.importModel);
}

/**
 * @param chosen the pack's folder; else a person is asked
 * @returns where the model lies now; undefined when it was not imported, which a person was told
 */
async function importModel(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, chosen: vscode.Uri | undefined): Promise<string | undefined> {
  const folder = chosen ?? await askForFolder();
  if (folder === undefined) return undefined;
  try {
    const pack = await listPack(folder.fsPath);
    const imported = await withProgress(context, pack);
    if (imported === undefined) return undefined;
    log.info(`The model pack ${pack.packVersion} was imported from ${pack.folder} to ${imported}.`);
    void vscode.window.showInformationMessage(`SparseK Code: ${pack.displayName} was imported (${Math.round(pack.bytes / 1e6)} MB, every checksum is right).`);
    if (readEngineSettings().modelPath === '') await vscode.commands.executeCommand(commands.restart);
    else void offerImported();
    return imported;
  } catch (error) {
    const text = error instanceof ProblemError ? describeProblem(error.problem) : `The model was not imported: ${error instanceof Error ? error.message : String(error)}.`;
    log.error(text);
    void vscode.window.showErrorMessage(`SparseK Code: ${text}`);
    return undefined;
  }
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const options = { canSelectFiles: false, canSelectFolders: true, canSelectMany: false, openLabel: 'Import', title: 'Folder of the Model Pack' };
  return (await vscode.window.showOpenDialog(options))?.at(0);
}

/** @returns the folder; undefined when a person cancelled */
function withProgress(context: vscode.ExtensionContext, pack: PackListing): Thenable<string | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Importing ${pack.displayName}`, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    let done = 0;
    const onProgress = (bytes: number, file: string) => {
      done += bytes;
      const percent = Math.floor((100 * done) / Math.max(1, pack.bytes));
      if (percent === shown) return;
      progress.report({ increment: percent - shown, message: `${percent} %, ${file}` });
      shown = percent;
    };
    try {
      return await importedPacks(context).add(pack, { signal: abort.signal, onProgress });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      void vscode.window.showInformationMessage('SparseK Code: The import was cancelled. Nothing of it is left, and the model is what it was before.');
      return undefined;
    } finally {
      subscription.dispose();
    }
  });
}

/** A folder named in the settings goes on counting. Once it is cleared, the engine starts anew by itself. */
async function offerImported(): Promise<void> {
  const use = 'Use the Imported Model';
  const text = `SparseK Code: The setting "sparsek.model.path" names another model, which goes on being used: ${readEngineSettings().modelPath}.`;
  if (await vscode.window.showWarningMessage(text, use) !== use) return;
  const settings = vscode.workspace.getConfiguration(section);
  const { globalValue, workspaceValue } = settings.inspect('model.path') ?? {};
  if (workspaceValue !== undefined) await settings.update('model.path', undefined, vscode.ConfigurationTarget.Workspace);
  if (globalValue !== undefined) await settings.update('model.path', undefined, vscode.ConfigurationTarget.Global);
}
