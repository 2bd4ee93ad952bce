import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import type { CompletionHistory } from '../complete';
import { MemoryDecorations } from './decorations';
import { registerMemoryHover } from './hover';
import { linesOf } from './linesOf';
import { shownDocument } from './shownDocument';
import { MemoryTree, type Node } from './tree';

export const memoryViewId = 'sparsek.memory';

/** Changes come in bursts; a picture of the memory takes the engine some milliseconds. */
const settleMilliseconds = 150;

/**
 * The memory as it is shown, for as long as it is: shades, hover and tree, kept up with what the engine does. Made when it
 * is switched on and disposed when it is switched off, so that nothing listens or asks in between.
 */
export class ShownMemory implements vscode.Disposable {
  readonly #decorations = new MemoryDecorations();
  readonly #tree = new MemoryTree();
  readonly #view: vscode.TreeView<Node>;
  readonly #listeners: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #again = false;
  #disposed = false;

  /** @param onAsk told when the engine is asked */
  constructor(private readonly client: EngineClient, history: CompletionHistory, private readonly onAsk: () => void) {
    this.#view = vscode.window.createTreeView(memoryViewId, { treeDataProvider: this.#tree });
    const later = () => this.#later();
    this.#listeners = vscode.Disposable.from(
      registerMemoryHover(client, (uri) => this.#decorations.shown.has(uri.toString())),
      client.onDidChangeState(later),
      client.onDidReadDocument(({ read, tokens }) => { if (read >= tokens) later(); }),
      history.onDidChange(() => { if (!history.isAsking) later(); }),
      vscode.window.onDidChangeVisibleTextEditors(later),
      vscode.workspace.onDidChangeTextDocument(({ contentChanges }) => { if (contentChanges.length > 0) later(); }),
    );
    later();
  }

  /** Lines by level, by the document's URI. */
  get lines() {
    return this.#decorations.shown;
  }

  get nodes(): readonly Node[] {
    return this.#tree.roots;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#listeners.dispose();
    this.#view.dispose();
    this.#tree.dispose();
    this.#decorations.dispose();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), settleMilliseconds);
  }

  /** One question at a time; what happens meanwhile is another one. */
  async #refresh(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    await this.#show();
    this.#asking = false;
    if (!this.#again || this.#isOver()) return;
    this.#again = false;
    this.#later();
  }

  async #show(): Promise<void> {
    const asked = vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString());
    this.onAsk();
    const view = await this.client.memoryView({ uris: [...new Set(asked)] });
    if (this.#isOver()) return;
    if (view === undefined) {
      this.#view.message = 'The engine is not ready: it remembers nothing yet.';
      for (const editor of vscode.window.visibleTextEditors) this.#decorations.show(editor, []);
      return;
    }
    this.#view.message = view.entries === 0 && view.documents.every(({ readTo }) => readTo === 0) ? 'Nothing is remembered yet: that begins with the first completion.' : '';
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = linesOf(view, shownDocument(editor.document, this.client));
      if (lines !== undefined) this.#decorations.show(editor, lines);
    }
    this.#tree.show(view);
  }

  /** Read anew after a wait, during which it may have changed. */
  #isOver(): boolean {
    return this.#disposed;
  }
}
