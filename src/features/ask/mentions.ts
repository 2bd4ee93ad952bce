import * as vscode from 'vscode';
import type { Mention } from '../../protocol';
import type { MentionChoice } from '../../webview/messages';

const written = /(?:^|\s)@([^\s@:]+)(?::(\d+)(?:-(\d+))?)?/g;
const mostChoices = 12;

/** What a question mentions: `@src/app.ts`, `@src/app.ts:10-20`, `@selection`, `@file` for the file in the editor. */
export function mentionsIn(question: string, editor: vscode.TextEditor | undefined): Mention[] {
  return [...question.matchAll(written)].flatMap(([, name, ...lines]): Mention[] => {
    const [start, end] = [lines.at(0), lines.at(1)];
    if (name === 'selection' || name === 'file') return editor === undefined ? [] : [mentionOf(editor, name)];
    const path = name.replace(/[.,;!?]+$/, '');
    return [start === undefined ? { path } : { path, startLine: Number(start), endLine: Number(end ?? start) }];
  });
}

function mentionOf({ document, selection }: vscode.TextEditor, what: 'selection' | 'file'): Mention {
  const path = vscode.workspace.asRelativePath(document.uri, false);
  return what === 'file' ? { path } : { path, startLine: selection.start.line + 1, endLine: selection.end.line + 1 };
}

/** Files whose path has the letters that were typed, and what stands for the editor's own. */
export async function mentionChoices(query: string, token: vscode.CancellationToken): Promise<MentionChoice[]> {
  const own = [
    { text: 'selection', detail: 'What is selected in the editor' },
    { text: 'file', detail: 'The file in the editor' },
  ].filter(({ text }) => text.startsWith(query));
  const letters = query.replace(/[^\p{L}\p{N}_./-]/gu, '');
  const found = await vscode.workspace.findFiles(`**/*${letters}*`, undefined, mostChoices, token);
  return [...own, ...found.map((uri) => ({ text: vscode.workspace.asRelativePath(uri, false), detail: uri.path }))]
    .filter(({ text }) => !/\s/.test(text))
    .slice(0, mostChoices);
}
