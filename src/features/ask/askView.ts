import * as vscode from 'vscode';
import type { AnsweringClient } from '../../client';
import type { FromPage, ToPage } from '../../webview/messages';
import { openPlace } from '../openPlace';
import { Asking } from './asking';
import { Conversation } from './conversation';
import { insertAtCursor } from './insertAtCursor';
import { mentionChoices, mentionsIn } from './mentions';
import { pageOf } from './page';

/** The panel in the activity bar. The page shows the conversation; this side holds it, so that it outlives the page. */
export class AskView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly conversation: Conversation;
  private readonly asking: Asking;
  private view: vscode.WebviewView | undefined;
  private waiting: ToPage[] = [];
  private lookup: vscode.CancellationTokenSource | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly context: vscode.ExtensionContext, client: AnsweringClient) {
    this.conversation = new Conversation(context.workspaceState);
    this.asking = new Asking(client, this.conversation, (stage) => this.post({ kind: 'stage', stage }));
    this.subscription = this.conversation.onDidChangeLast((turn) => this.post({ kind: 'turn', turn }));
  }

  /** What is shown, for whoever looks into it. */
  get turns() {
    return this.conversation.turns;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.context.extensionUri, 'dist', 'webview')] };
    webview.onDidReceiveMessage((message: FromPage) => this.receive(message));
    view.onDidDispose(() => { this.view = undefined; });
    webview.html = pageOf(webview, this.context.extensionUri);
  }

  /** Shows the panel with a question begun. */
  async begin(text: string): Promise<void> {
    if (this.view === undefined) this.waiting.push({ kind: 'insert', text });
    else this.post({ kind: 'insert', text });
    await vscode.commands.executeCommand('sparsek.ask.focus');
  }

  ask(question: string, again = false): Promise<void> {
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).flatMap(({ input }) => (
      input instanceof vscode.TabInputText ? [vscode.workspace.asRelativePath(input.uri, false)] : []
    ));
    const answering = this.asking.ask(question, mentionsIn(question, vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.at(0)), open, again);
    this.showAll();
    return answering;
  }

  clear(): void {
    this.asking.dispose();
    this.conversation.clear();
    this.showAll();
  }

  dispose(): void {
    this.asking.dispose();
    this.subscription.dispose();
    this.conversation.dispose();
    this.lookup?.dispose();
  }

  private receive(message: FromPage): void {
    switch (message.kind) {
      case 'ready':
        this.ready();
        break;
      case 'ask':
        void this.ask(message.question);
        break;
      case 'stop':
        this.asking.stop();
        break;
      case 'regenerate':
        this.regenerate();
        break;
      case 'clear':
        this.clear();
        break;
      case 'open':
        void openPlace(message.place);
        break;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        break;
      case 'insertCode':
        void insertAtCursor(message.text);
        break;
      case 'openCode':
        void openCode(message.text, message.language);
        break;
      case 'mention':
        void this.complete(message.query);
        break;
    }
  }

  private ready(): void {
    this.showAll();
    for (const message of this.waiting.splice(0)) this.post(message);
  }

  private regenerate(): void {
    const question = this.conversation.takeLast();
    if (question !== undefined) void this.ask(question, true);
  }

  private async complete(query: string): Promise<void> {
    this.lookup?.cancel();
    this.lookup?.dispose();
    this.lookup = new vscode.CancellationTokenSource();
    this.post({ kind: 'mentions', query, choices: await mentionChoices(query, this.lookup.token) });
  }

  private showAll(): void {
    this.post({ kind: 'turns', turns: this.conversation.turns, isAnswering: this.asking.isAnswering });
  }

  private post(message: ToPage): void {
    void this.view?.webview.postMessage(message);
  }
}

async function openCode(content: string, name: string): Promise<void> {
  const language = await languageNamed(name);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, ...(language === undefined ? {} : { language }) }));
}

/** The editor's name of a language that Markdown calls by a file's ending. */
async function languageNamed(name: string): Promise<string | undefined> {
  const endings: Readonly<Partial<Record<string, string>>> = { ts: 'typescript', js: 'javascript', py: 'python', rs: 'rust', cs: 'csharp', sh: 'shellscript', h: 'cpp', cc: 'cpp', md: 'markdown' };
  const wanted = endings[name] ?? name;
  return (await vscode.languages.getLanguages()).find((language) => language === wanted);
}
