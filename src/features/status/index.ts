/** The status item: where the engine stands, and a menu. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import type { DocumentReading } from '../../protocol';
import { commands } from '../commands';
import type { CompletionHistory } from '../complete';
import { isEnabledFor, isEnabledInWindow, isReadingPaused, section } from '../settings';
import { workspaceChoice } from '../workspace';
import { NotReadStatus } from './languageStatus';
import { showMenu } from './menu';
import { statusText, type StatusInput, type StatusText } from './statusText';

export { type StatusText } from './statusText';

export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('sparsek.status', vscode.StatusBarAlignment.Right, 100);
  readonly #notRead = new NotReadStatus();
  readonly #subscriptions: vscode.Disposable;
  #shown: StatusText;
  /** Of the folders as they are; undefined when that is to be found out anew. */
  #leftOut: StatusInput['leftOut'] | undefined;
  #reading: DocumentReading | undefined;

  constructor(private readonly client: EngineClient, private readonly history: CompletionHistory, memoryIsShown: () => boolean) {
    this.#item.name = 'SparseK Code';
    this.#item.command = commands.menu;
    this.#shown = this.#update();
    this.#item.show();
    this.#subscriptions = vscode.Disposable.from(
      client.onDidChangeState(() => {
        this.#reading = undefined;
        this.#update();
      }),
      client.onDidReadDocument((reading) => {
        this.#reading = reading.read < reading.tokens ? reading : undefined;
        this.#update();
      }),
      client.onDidReadWorkspace(() => this.#update()),
      history.onDidChange(() => this.#update()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(section)) this.#updateFolders();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#updateFolders()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#updateFolders()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
      vscode.commands.registerCommand(commands.menu, () => showMenu(this.#shown.tooltip[0] ?? '', {
        enabled: isEnabledInWindow(),
        language: vscode.window.activeTextEditor?.document.languageId,
        memoryIsShown: memoryIsShown(),
        readingIsPaused: isReadingPaused(),
      })),
    );
  }

  get shown(): StatusText {
    return this.#shown;
  }

  /** Why the file that is looked at is not read, where that is so. */
  get notRead(): string | undefined {
    return this.#notRead.detail;
  }

  dispose(): void {
    this.#notRead.dispose();
    this.#subscriptions.dispose();
    this.#item.dispose();
  }

  #updateFolders(): void {
    this.#leftOut = undefined;
    this.#update();
  }

  /** Asked when it is first shown, not while the extension is activated. */
  #leftOutNow(): StatusInput['leftOut'] {
    if (this.client.state.kind !== 'ready') return [];
    this.#leftOut ??= workspaceChoice().leftOut;
    return this.#leftOut;
  }

  #update(): StatusText {
    const { client, history } = this;
    const shown = statusText({ engine: client.state, enabled: isEnabledHere(), completing: history.isAsking, last: history.last, reading: this.#reading, readingIsPaused: isReadingPaused(), workspace: client.workspace, leftOut: this.#leftOutNow() });
    this.#shown = shown;
    this.#item.text = shown.text;
    this.#item.tooltip = ['SparseK Code', ...shown.tooltip].join('\n');
    // Read aloud in place of the text and its icons.
    this.#item.accessibilityInformation = { label: `SparseK Code: ${shown.kind}` };
    this.#item.backgroundColor = shown.kind === 'error' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    return shown;
  }
}

/** In the document that is looked at; where there is none, in the window. */
function isEnabledHere(): boolean {
  const document = vscode.window.activeTextEditor?.document;
  return document ? isEnabledFor(document) : isEnabledInWindow();
}
