/** Show What the Model Remembers: shades on the lines, numbers on hover, and a list of what is in the memory. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { commands } from '../commands';
import type { CompletionHistory } from '../complete';
import { memoryViewId, ShownMemory } from './shownMemory';

export type { Level } from './levels';

const contextKey = 'sparsek.memoryIsShown';

/** Switches the view on and off. While it is off there is no {@link ShownMemory}. */
export class MemoryViewSwitch implements vscode.Disposable {
  readonly #commands: vscode.Disposable;
  #shown: ShownMemory | undefined;
  #requests = 0;

  constructor(private readonly client: EngineClient, private readonly history: CompletionHistory) {
    this.#commands = vscode.Disposable.from(
      vscode.commands.registerCommand(commands.showMemory, () => this.#show()),
      vscode.commands.registerCommand(commands.hideMemory, () => this.#hide()),
    );
  }

  get shown(): Pick<ShownMemory, 'lines' | 'nodes'> | undefined {
    return this.#shown;
  }

  /** How many times the engine was asked since the window opened. */
  get requests(): number {
    return this.#requests;
  }

  dispose(): void {
    this.#commands.dispose();
    this.#shown?.dispose();
  }

  async #show(): Promise<void> {
    this.#shown ??= new ShownMemory(this.client, this.history, () => { this.#requests++; });
    await vscode.commands.executeCommand('setContext', contextKey, true);
    await vscode.commands.executeCommand(`${memoryViewId}.focus`, { preserveFocus: true });
  }

  async #hide(): Promise<void> {
    this.#shown?.dispose();
    this.#shown = undefined;
    await vscode.commands.executeCommand('setContext', contextKey, false);
  }
}
