import { silentAnswer, type AnswerPart, type AnswerResult, type AskRequest, type ChatRequest, type SearchRequest, type SearchResult, type SummarizeFolderRequest, type SummarizeRequest } from '../protocol';
import type { AnsweringTasks, Conversations } from './conversations';
import type { WorkspaceMemory } from './recall';
import { RequestQueue } from './requestQueue';
import { searchIn } from './tasks/search';
import { Grammars } from './workspace';

/**
 * What a window asks to be answered in words: one after the other, and after what other windows asked before; each of their
 * steps waits for completions that are due.
 */
export class Answers {
  /** A workspace that is read keeps no other window waiting. */
  private readonly questions = new RequestQueue();
  private grammars: Promise<Grammars> | undefined;

  /** @param owner names the window among those that share the state of conversations */
  constructor(private readonly conversations: Conversations, private readonly workspace: WorkspaceMemory | undefined, private readonly owner: string) {}

  /**
   * A newer question ends the one before, which is then answered `cancelled`.
   *
   * @throws ProblemError when the workspace cannot be read
   */
  async ask(request: AskRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const { workspace } = this;
    if (workspace === undefined) return silentAnswer({ kind: 'not-ready', reason: 'No folder is open that could be asked about.' });
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.questions.run('ask', signal, async (superseding) => {
      const read = workspace.read({ reading: ({ files }) => send({ id: request.id, kind: 'stage', stage: 'workspace', done: files }) });
      if (!await settledBefore(read, superseding)) return silentAnswer({ kind: 'cancelled' });
      const asked = workspace.askedBy(await read);
      return this.inTurn(request.id, superseding, async (turn) => (await this.tasks()).asker.ask(request, asked, turn, send));
    });
  }

  /** Needs no workspace. One at a time; a question waits for it. */
  summarize(request: SummarizeRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.inTurn(request.id, signal, async (superseding) => {
      this.grammars ??= Grammars.open();
      const { summarizer } = await this.tasks();
      return summarizer.summarize(request, await this.grammars, superseding, send);
    });
  }

  /** Reads the folder by itself, by the rules of the workspace that it lies in. @throws ProblemError when that cannot be read */
  async summarizeFolder(request: SummarizeFolderRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const folder = this.workspace?.folders.holding(request.folder);
    if (folder === undefined) return silentAnswer({ kind: 'not-ready', reason: 'The folder does not lie in a trusted folder of the workspace, so that its files may not be read.' });
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.inTurn(request.id, signal, async (superseding) => {
      this.grammars ??= Grammars.open();
      const { summarizer } = await this.tasks();
      return summarizer.summarizeFolder(request, folder, await this.grammars, superseding, send);
    });
  }

  /** Needs no workspace. One at a time; other answers wait for it. */
  chat(request: ChatRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.inTurn(request.id, signal, async (superseding) => (await this.tasks()).chatter.chat(request, superseding, send));
  }

  /**
   * Asks nothing of the model, so that it waits for no answer; only for the workspace to be read.
   *
   * @throws ProblemError when that cannot be read
   * @throws the signal's reason when aborted
   */
  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    const { workspace } = this;
    if (workspace === undefined) return { segments: [], files: 0, reason: 'No trusted folder is open that could be searched.' };
    const { folders } = workspace;
    const read = workspace.read({ reading: () => undefined });
    if (!await settledBefore(read, signal)) signal.throwIfAborted();
    return searchIn(await read, request, folders.attentionIn(folders.current), signal);
  }

  /** Aborts what this window asked. @returns when nothing of it runs any more */
  async dispose(): Promise<void> {
    const { conversations, owner } = this;
    await this.questions.close();
    await conversations.queue.leave(owner);
    await conversations.forget(owner);
    (await this.grammars?.catch(() => undefined))?.[Symbol.dispose]();
  }

  private tasks(): Promise<AnsweringTasks> {
    return this.conversations.tasksOf(this.owner);
  }

  private inTurn<T>(name: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.conversations.queue.run(name, signal, task, this.owner);
  }
}

/** Waits for work that goes on by itself. @returns false when the signal was aborted first */
async function settledBefore(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const aborted = new Promise<false>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
  return Promise.race([work.then(() => true as const), aborted]);
}
