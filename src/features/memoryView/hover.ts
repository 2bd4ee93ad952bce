import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { describeLine } from './describe';
import { linesOf } from './linesOf';
import { shownDocument } from './shownDocument';

/** The numbers behind a line's shade, asked when somebody points at it. */
export function registerMemoryHover(client: EngineClient, shades: (uri: vscode.Uri) => boolean): vscode.Disposable {
  return vscode.languages.registerHoverProvider({ pattern: '**' }, {
    async provideHover(document, position) {
      if (!shades(document.uri)) return undefined;
      const line = position.line + 1;
      const shown = shownDocument(document, client);
      const view = await client.memoryView({ uris: [shown.uri], detail: { startLine: line, endLine: line } });
      const lines = view && linesOf(view, shown);
      if (view === undefined || lines === undefined) return undefined;
      return new vscode.Hover(new vscode.MarkdownString(describeLine(lines.at(0), view)), document.lineAt(position).range);
    },
  });
}
