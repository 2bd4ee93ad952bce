import { layerGroups } from '../../kernels';
import { BoundedCache, checkpointShapes, CheckpointStore, LiveContext, type MemoryPlan, type SegmentMemories } from './memory';
import type { Tokenizer } from './model';
import { RequestQueue } from './requestQueue';
import type { Runtime } from './runtime';
import { Asker } from './tasks/ask';
import { ChatTemplate, Chatter, type ChatModel } from './tasks/chat';
import { Summarizer } from './tasks/summarize';

/** What answers in words, for one owner. */
export interface AnsweringTasks {
  readonly asker: Asker;
  readonly summarizer: Summarizer;
  readonly chatter: Chatter;
}

/**
 * The state that all that answers in words takes turns in, apart from that of completions; allocated when something is first
 * asked. When another window asks than before, all that was read is forgotten; what was said stays with each window, and is
 * read again.
 */
export class Conversations {
  readonly queue = new RequestQueue();
  private context: Promise<LiveContext> | undefined;
  /** Who asked last. */
  private owner: string | undefined;
  private readonly tasks = new Map<string, AnsweringTasks>();

  /** @param steps where completions queue as well: a step of an answer runs when none is due */
  constructor(
    private readonly runtime: Runtime,
    private readonly tokenizer: Tokenizer,
    private readonly plan: MemoryPlan,
    private readonly memories: SegmentMemories,
    private readonly steps: RequestQueue,
  ) {}

  /** To be asked when it is the owner's turn in the queue. A failure is not kept: there may be more memory the next time. */
  async tasksOf(owner: string): Promise<AnsweringTasks> {
    this.context ??= this.load().catch((error: unknown) => {
      this.context = undefined;
      throw error;
    });
    const context = await this.context;
    if (this.owner !== owner) context.forget();
    this.owner = owner;
    const tasks = this.tasks.get(owner) ?? this.tasksIn(context);
    this.tasks.set(owner, tasks);
    return tasks;
  }

  /** Drops what was read for an owner; not while it is answered. */
  async forget(owner: string): Promise<void> {
    this.tasks.delete(owner);
    if (this.owner !== owner) return;
    this.owner = undefined;
    (await this.context)?.forget();
  }

  /** Aborts everything. @returns when nothing runs any more */
  async dispose(): Promise<void> {
    await this.queue.close();
    (await this.context?.catch(() => undefined))?.cache.dispose();
  }

  private tasksIn(context: LiveContext): AnsweringTasks {
    const { tokenizer, runtime, steps } = this;
    const signal = new AbortController().signal;
    const model: ChatModel = {
      tokenizer, context,
      template: new ChatTemplate(tokenizer, runtime.manifest.specialTokens),
      takeTurn: (step) => steps.run('answer', signal, step),
    };
    return { asker: new Asker(model), summarizer: new Summarizer(model), chatter: new Chatter(model) };
  }

  private async load(): Promise<LiveContext> {
    const { runtime, plan, tokenizer, memories } = this;
    const checkpoints = new CheckpointStore(plan.checkpoints, plan.chunk, checkpointShapes(plan, layerGroups(runtime.manifest)));
    return new LiveContext(await BoundedCache.create(runtime, plan), checkpoints, tokenizer.vocabulary, memories);
  }
}
