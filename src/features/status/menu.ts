import * as vscode from 'vscode';
import { commands } from '../commands';

interface Entry extends vscode.QuickPickItem {
  readonly command: string;
}

/** The quick pick behind the status item. @param headline what the status item says */
export async function showMenu(headline: string, enabled: boolean): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const entries: Entry[] = [
    { label: enabled ? '$(circle-slash) Switch completions off' : '$(sparkle) Switch completions on', command: commands.toggle },
    ...(language === undefined ? [] : [{ label: `$(code) Switch completions on or off for ${language}`, command: commands.toggleLanguage }]),
    { label: '$(debug-restart) Restart engine', command: commands.restart },
    { label: '$(question) Explain last completion', command: commands.explain },
    { label: '$(output) Show log', command: commands.showLog },
  ];
  const chosen = await vscode.window.showQuickPick(entries, { title: 'SparseK Code', placeHolder: headline });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
