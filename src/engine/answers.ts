import { layerGroups } from '../../kernels';
import { silentAnswer, type AnswerPart, type AnswerResult, type AskRequest, type ChatRequest, type SearchRequest, type SearchResult, type SummarizeFolderRequest, type SummarizeRequest } from '../protocol';
import { BoundedCache, checkpointShapes, CheckpointStore, LiveContext, type MemoryPlan } from './memory';
import type { Tokenizer } from './model';
import type { WorkspaceMemory } from './recall';
import { RequestQueue } from './requestQueue';
import type { Runtime } from './runtime';
import { Asker } from './tasks/ask';
import { searchIn } from './tasks/search';
import { Summarizer } from './tasks/summarize';
import { Grammars } from './workspace';
import { ChatTemplate, Chatter, type ChatModel } from './tasks/chat';

interface Tasks {
  readonly cache: BoundedCache;
  readonly asker: Asker;
  readonly summarizer: Summarizer;
  readonly chatter: Chatter;
}

/**
 * The tasks that answer in words. They have one state together, apart from that of completions, allocated when something
 * is first asked; they run one after the other, and each of their steps waits for completions that are due.
 */
export class Answers {
  private readonly queue = new RequestQueue();
  private tasks: Promise<Tasks> | undefined;
  private grammars: Promise<Grammars> | undefined;

  /** @param steps where completions queue as well: a step of an answer runs when none is due */
  constructor(
    private readonly runtime: Runtime,
    private readonly tokenizer: Tokenizer,
    private readonly plan: MemoryPlan,
    private readonly workspace: WorkspaceMemory | undefined,
    private readonly steps: RequestQueue,
  ) {}

  /**
   * A newer question ends the one before, which is then answered `cancelled`.
   *
   * @throws ProblemError when the workspace cannot be read
   */
  async ask(request: AskRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const { workspace } = this;
    if (workspace === undefined) return silentAnswer({ kind: 'not-ready', reason: 'No folder is open that could be asked about.' });
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.queue.run('ask', signal, async (superseding) => {
      const read = workspace.read({ reading: ({ files }) => send({ id: request.id, kind: 'stage', stage: 'workspace', done: files }) });
      if (!await settledBefore(read, superseding)) return silentAnswer({ kind: 'cancelled' });
      const { asker } = await this.loaded();
      return asker.ask(request, workspace.askedBy(await read), superseding, send);
    });
  }

  /** Needs no workspace. One at a time; a question waits for it. */
  summarize(request: SummarizeRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.queue.run(request.id, signal, async (superseding) => {
      this.grammars ??= Grammars.open();
      const { summarizer } = await this.loaded();
      return summarizer.summarize(request, await this.grammars, superseding, send);
    });
  }

  /** Reads the folder by itself, by the rules of the workspace that it lies in. @throws ProblemError when that cannot be read */
  async summarizeFolder(request: SummarizeFolderRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const folder = this.workspace?.folders.holding(request.folder);
    if (folder === undefined) return silentAnswer({ kind: 'not-ready', reason: 'The folder does not lie in a trusted folder of the workspace, so that its files may not be read.' });
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.queue.run(request.id, signal, async (superseding) => {
      this.grammars ??= Grammars.open();
      const { summarizer } = await this.loaded();
      return summarizer.summarizeFolder(request, folder, await this.grammars, superseding, send);
    });
  }

  /** Needs no workspace. One at a time; other answers wait for it. */
  chat(request: ChatRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    send({ id: request.id, kind: 'stage', stage: 'waiting' });
    return this.queue.run(request.id, signal, async (superseding) => (await this.loaded()).chatter.chat(request, superseding, send));
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

  /** Aborts everything. @returns when nothing runs any more */
  async dispose(): Promise<void> {
    await this.queue.close();
    const tasks = await this.tasks?.catch(() => undefined);
    tasks?.cache.dispose();
    (await this.grammars?.catch(() => undefined))?.[Symbol.dispose]();
  }

  /** A failure is not kept: there may be more memory the next time. */
  private loaded(): Promise<Tasks> {
    this.tasks ??= this.load().catch((error: unknown) => {
      this.tasks = undefined;
      throw error;
    });
    return this.tasks;
  }

  private async load(): Promise<Tasks> {
    const { runtime, tokenizer, plan, workspace, steps } = this;
    const { manifest } = runtime;
    const cache = await BoundedCache.create(runtime, plan);
    const checkpoints = new CheckpointStore(plan.checkpoints, plan.chunk, checkpointShapes(plan, layerGroups(manifest)));
    const signal = new AbortController().signal;
    const model: ChatModel = {
      tokenizer,
      template: new ChatTemplate(tokenizer, manifest.specialTokens),
      context: new LiveContext(cache, checkpoints, tokenizer.vocabulary, workspace?.memories),
      takeTurn: (step) => steps.run('answer', signal, step),
    };
    return { cache, asker: new Asker(model), summarizer: new Summarizer(model), chatter: new Chatter(model) };
  }
}

/** Waits for work that goes on by itself. @returns false when the signal was aborted first */
async function settledBefore(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const aborted = new Promise<false>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
  return Promise.race([work.then(() => true as const), aborted]);
}
