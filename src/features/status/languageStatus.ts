import * as vscode from 'vscode';
import { whyNotRead } from '../complete';
import { section } from '../settings';

/** Says beside the language's name that the file which is looked at is not read, and why. Where it is read there is nothing. */
export class NotReadStatus implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable;
  #item: vscode.LanguageStatusItem | undefined;
  #looked: vscode.TextDocument | undefined;

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(() => void this.#look()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(section)) void this.#look();
      }),
    );
    void this.#look();
  }

  /** What is shown. */
  get detail(): string | undefined {
    return this.#item?.detail;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#item?.dispose();
  }

  async #look(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    this.#looked = document;
    const reason = document && await whyNotRead(document);
    // Another one is looked at by now.
    if (this.#looked !== document) return;
    this.#item?.dispose();
    this.#item = document === undefined || reason === undefined ? undefined : itemFor(document, reason);
  }
}

function itemFor({ uri, languageId }: vscode.TextDocument, reason: string): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem('sparsek.notRead', { scheme: uri.scheme, language: languageId });
  item.name = 'SparseK Code';
  item.text = '$(circle-slash) Not read by SparseK';
  item.detail = reason;
  item.severity = vscode.LanguageStatusSeverity.Information;
  item.command = { command: 'workbench.action.openSettings', title: 'Settings', arguments: [section] };
  return item;
}
