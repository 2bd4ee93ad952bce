import * as vscode from 'vscode';
import type { LineMemory } from '../../protocol';
import { levels, runsOf, type Level } from './levels';

/** A border at the line's start tells the levels apart where colours do not. */
const borders: Readonly<Record<Level, readonly [style: string, width: number]>> = {
  little: ['dotted', 2], some: ['dashed', 2], much: ['solid', 2], whole: ['solid', 4], live: ['double', 4],
};

export function colourOf(level: Level, part: 'Background' | 'Border'): vscode.ThemeColor {
  return new vscode.ThemeColor(`sparsek.memory${level.charAt(0).toUpperCase()}${level.slice(1)}${part}`);
}

/** Shades the lines of editors. Disposed, nothing of it is left. */
export class MemoryDecorations implements vscode.Disposable {
  readonly #types = new Map(levels.map((level) => [level, typeOf(level)]));
  readonly #shown = new Map<string, Partial<Record<Level, number>>>();

  /** How many lines have which level, by the document's URI. */
  get shown(): ReadonlyMap<string, Partial<Record<Level, number>>> {
    return this.#shown;
  }

  show(editor: vscode.TextEditor, lines: readonly LineMemory[]): void {
    const last = editor.document.lineCount;
    const runs = runsOf(lines.filter(({ line }) => line <= last));
    const counts: Partial<Record<Level, number>> = {};
    for (const [level, type] of this.#types) {
      const own = runs.get(level) ?? [];
      if (own.length > 0) counts[level] = own.reduce((sum, { startLine, endLine }) => sum + endLine - startLine + 1, 0);
      editor.setDecorations(type, own.map(({ startLine, endLine }) => new vscode.Range(startLine - 1, 0, endLine - 1, 0)));
    }
    this.#shown.set(editor.document.uri.toString(), counts);
  }

  dispose(): void {
    for (const type of this.#types.values()) type.dispose();
    this.#shown.clear();
  }
}

function typeOf(level: Level): vscode.TextEditorDecorationType {
  const [borderStyle, width] = borders[level];
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: colourOf(level, 'Background'),
    borderStyle,
    borderWidth: `0 0 0 ${width}px`,
    borderColor: colourOf(level, 'Border'),
    overviewRulerColor: colourOf(level, 'Border'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
