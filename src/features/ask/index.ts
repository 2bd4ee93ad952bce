/** Ask About This Repo: the panel in the activity bar. */
import * as vscode from 'vscode';
import type { AnsweringClient } from '../../client';
import { commands } from '../commands';
import { AskView } from './askView';

export type { AskView } from './askView';

export const askViewId = 'sparsek.ask';

/** @returns the view, for whoever looks into it, and what disposes it */
export function registerAsk(context: vscode.ExtensionContext, client: AnsweringClient): { readonly view: AskView; readonly registration: vscode.Disposable } {
  const view = new AskView(context, client);
  const registration = vscode.Disposable.from(
    view,
    vscode.window.registerWebviewViewProvider(askViewId, view),
    // A key or another extension may bring the question along; menus bring something else.
    vscode.commands.registerCommand(commands.ask, async (question?: unknown) => {
      await vscode.commands.executeCommand(`${askViewId}.focus`);
      if (typeof question === 'string' && question.trim() !== '') await view.ask(question);
    }),
    vscode.commands.registerCommand(commands.askAboutSelection, () => view.begin('@selection ')),
    vscode.commands.registerCommand(commands.clearConversation, () => view.clear()),
  );
  return { view, registration };
}
