import * as vscode from 'vscode';
import { menuGroups, type MenuEntry, type MenuInput } from './menuEntries';

interface Item extends vscode.QuickPickItem {
  readonly entry?: MenuEntry;
}

/** The quick pick behind the status item. @param headline what the status item says */
export async function showMenu(headline: string, input: MenuInput): Promise<void> {
  const items = menuGroups(input).flatMap(({ name, entries }): Item[] => [
    { label: name, kind: vscode.QuickPickItemKind.Separator },
    ...entries.map((entry) => ({ label: entry.label, ...(entry.description === undefined ? {} : { description: entry.description }), entry })),
  ]);
  const chosen = await vscode.window.showQuickPick(items, { title: 'SparseK Code', placeHolder: headline, matchOnDescription: true });
  if (chosen?.entry) await vscode.commands.executeCommand(chosen.entry.command, ...(chosen.entry.arguments ?? []));
}
