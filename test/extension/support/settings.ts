import * as vscode from 'vscode';

/** Changes settings and puts them back. */
export class Settings {
  readonly #changed = new Map<string, { target: vscode.ConfigurationTarget; before: unknown }>();

  async set(name: string, value: unknown, target = vscode.ConfigurationTarget.Global): Promise<void> {
    const settings = vscode.workspace.getConfiguration();
    if (!this.#changed.has(name)) {
      const inspected = settings.inspect(name);
      const before = target === vscode.ConfigurationTarget.Global ? inspected?.globalValue : inspected?.workspaceValue;
      this.#changed.set(name, { target, before });
    }
    await settings.update(name, value, target);
  }

  async restore(): Promise<void> {
    for (const [name, { target, before }] of this.#changed) {
      await vscode.workspace.getConfiguration().update(name, before, target);
    }
    this.#changed.clear();
  }
}
