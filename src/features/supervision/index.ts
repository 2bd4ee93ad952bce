/** The engine's life in this window: when it starts, when it restarts, when it is let go, and what a person is told. */
import { setImmediate } from 'node:timers';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { createEngineClient, type AnsweringClient, type EngineClient, type EngineOptions, type Log } from '../../client';
import { protocolVersion } from '../../protocol';
import { commands } from '../commands';
import { editedSchemes } from '../complete';
import { modelDirectory } from '../model';
import { isEnabledFor, isEnabledInWindow, readEngineSettings, section } from '../settings';
import { describeLeftOut, workspaceChoice } from '../workspace';
import { reportFailure } from './reportFailure';

export function createEngine(context: vscode.ExtensionContext, log: Log): EngineClient & AnsweringClient {
  const options = () => {
    for (const folder of workspaceChoice().leftOut) log.info(describeLeftOut(folder));
    return engineOptions(context);
  };
  return createEngineClient(context.extensionPath, context.asAbsolutePath('dist/engine.cjs'), options, log);
}

export function superviseEngine(context: vscode.ExtensionContext, client: EngineClient): vscode.Disposable {
  const followEnablement = () => {
    if (isWanted()) client.start();
    else if (!isEnabledInWindow()) client.stop();
  };
  let options: EngineOptions | undefined;
  // What may be read is said when the window joins the engine: one that joins anew has nothing that was forbidden since.
  const followOptions = () => {
    const before = options;
    options = engineOptions(context);
    // A folder that is not trusted changes its settings without effect: what counts is what holds.
    if (before !== undefined && !isDeepStrictEqual(options, before) && client.state.kind !== 'stopped') client.renew();
  };
  // Not while the extension is being activated, which other extensions wait for.
  const first = setImmediate(() => {
    followOptions();
    followEnablement();
  });
  return vscode.Disposable.from(
    { dispose: () => clearImmediate(first) },
    vscode.window.onDidChangeActiveTextEditor(followEnablement),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(section)) return;
      followOptions();
      followEnablement();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(followOptions),
    vscode.workspace.onDidGrantWorkspaceTrust(followOptions),
    client.onDidChangeState((state) => {
      if (state.kind === 'failed') void reportFailure(state.problem);
    }),
    vscode.commands.registerCommand(commands.restart, () => {
      options = engineOptions(context);
      client.restart();
    }),
  );
}

/** The model takes seconds to load: it does so when a document is looked at, not when the first completion is asked. */
function isWanted(): boolean {
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && editedSchemes.includes(document.uri.scheme) && isEnabledFor(document);
}

function engineOptions(context: vscode.ExtensionContext): EngineOptions {
  const { node, share, idleMinutes, threads, device, memoryBudgetMegabytes, sources, storeBudgetMegabytes } = readEngineSettings();
  const { folders } = workspaceChoice();
  return {
    node,
    share,
    initialize: {
      protocolVersion,
      modelDirectory: modelDirectory(context),
      // Shared by all windows: the engine writes each of its files whole or not at all.
      cacheDirectory: context.globalStorageUri.fsPath,
      memoryBudgetMegabytes,
      storeBudgetMegabytes,
      idleMinutes,
      threads,
      device,
      ...(folders.length === 0 ? {} : { workspace: { folders, sources } }),
    },
  };
}
