/** Pausing what the engine reads in the background. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { commands } from '../commands';
import { isReadingPaused, section } from '../settings';

export function registerPauseReading(client: EngineClient): vscode.Disposable {
  const follow = () => client.pauseReading(isReadingPaused());
  follow();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(section)) follow();
    }),
    vscode.commands.registerCommand(commands.toggleReading, toggle),
  );
}

/** In the person's own settings, unless the workspace says something that would win over them. */
async function toggle(): Promise<void> {
  const settings = vscode.workspace.getConfiguration(section);
  const inWorkspace = settings.inspect<boolean>('memory.paused')?.workspaceValue !== undefined;
  await settings.update('memory.paused', !isReadingPaused(), inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
}
