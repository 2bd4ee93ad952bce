/** Switching completions on and off, everywhere and by language. */
import * as vscode from 'vscode';
import { commands } from '../commands';
import { section } from '../settings';
import { isOn, parseSwitches } from '../switches';

export function registerToggles(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.toggle, toggle),
    vscode.commands.registerCommand(commands.toggleLanguage, toggleLanguage),
  );
}

async function toggle(): Promise<void> {
  const settings = vscode.workspace.getConfiguration(section);
  const value = settings.inspect<boolean>('enable');
  await settings.update('enable', !settings.get<boolean>('enable', true), targetOf(value?.workspaceValue));
}

/** Of the language of the active editor; without one there is nothing to switch. */
async function toggleLanguage(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document) {
    void vscode.window.showInformationMessage('SparseK Code: open a file of the language first.');
    return;
  }
  const { languageId } = document;
  const settings = vscode.workspace.getConfiguration(section, document);
  const turnOn = !isOn(parseSwitches(settings.get('languages')), languageId);
  const value = settings.inspect<unknown>('languages');
  const inWorkspace = parseSwitches(value?.workspaceValue);
  const own = languageId in inWorkspace ? inWorkspace : parseSwitches(value?.globalValue);
  const target = targetOf(languageId in inWorkspace ? inWorkspace : undefined);
  await settings.update('languages', { ...own, [languageId]: turnOn }, target);
}

/** The person's own settings, unless the workspace says something that would win over them. */
function targetOf(workspaceValue: unknown): vscode.ConfigurationTarget {
  return workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
}
