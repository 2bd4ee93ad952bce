import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { layerGroups, mergeGroups, type LayerGroup, type PerGroup } from '../../../kernels';
import { Engine } from '../../../src/engine/engine';
import { readManifest } from '../../../src/engine/model';
import type { ChosenSegment } from '../../../src/engine/recall';
import { defaultDoNotRead, protocolVersion, type CompletionResult } from '../../../src/protocol';
import { quantile } from '../report';

/** What a measuring process is told. */
export interface SessionOptions {
  readonly modelDirectory: string;
  readonly cacheDirectory: string;
  readonly budgetMegabytes: number;
  readonly threads: number;
  /** None: completions know the open file alone. */
  readonly folder?: string;
}

/** Segments of other files, as the extension recalls them. */
const recalled = 8;
const never = new AbortController().signal;
const keystrokes = 48;

/** A person who opens one file of a workspace, in an engine that was started for it. */
export class Session implements AsyncDisposable {
  private version = 1;
  private cursor: number;

  private constructor(readonly engine: Engine, private readonly groups: PerGroup<LayerGroup>, private readonly uri: string, private content: string) {
    this.cursor = middleOf(content);
    engine.documents.open({ uri, path: uri, languageId: '', version: 1, text: content });
  }

  static async start({ folder, ...options }: SessionOptions, path: string, text: string): Promise<Session> {
    const workspace = folder === undefined ? {} : { workspace: { folders: [{ folder, doNotRead: defaultDoNotRead }] } };
    const request = { protocolVersion, memoryBudgetMegabytes: options.budgetMegabytes, ...options, ...workspace };
    const engine = await Engine.load(request, {
      progress: () => undefined,
      log: ({ level, text: message }) => { if (level === 'warning' || level === 'error') console.error(message); },
    });
    return new Session(engine, layerGroups(await readManifest(options.modelDirectory)), pathToFileURL(join(folder ?? '/', path)).href, text);
  }

  complete(offset = this.cursor): Promise<CompletionResult> {
    const sampling = { temperature: 0, topP: 1 };
    return this.engine.complete({ uri: this.uri, version: this.version, offset, maxTokens: 64, extent: 'line', sampling, speculation: true }, never);
  }

  /** Elsewhere and back: what is to be remembered is taken up where the live part is read anew. */
  async jumpAway(): Promise<void> {
    await this.complete(0);
  }

  /** What happens in a pause. @returns the chosen segments, and how many were encoded or loaded for them */
  async prepare(): Promise<{ readonly chosen: readonly ChosenSegment[]; readonly missing: number }> {
    let missing = 0;
    const chosen = await this.engine.prepare({ uri: this.uri, offset: this.cursor }, recalled, never, {
      reading: () => undefined,
      encoding: () => { missing++; },
    });
    return { chosen, missing };
  }

  /** The chosen segments' memories merged to the plan's K entries at once. @returns milliseconds */
  merge(): number {
    const { groups, engine: { workspace, info } } = this;
    if (workspace === undefined) return 0;
    const { memories, priors } = workspace.recallFor(this.uri).entriesIn(workspace.memories);
    if (memories.length === 0) return 0;
    const start = performance.now();
    mergeGroups(memories, priors, groups, info.memory.entries);
    return performance.now() - start;
  }

  /** Types what stands at the cursor once more, asking after every key. @returns milliseconds at the median and the 95th percentile */
  async type(): Promise<{ readonly p50: number; readonly p95: number; readonly mostRead: number }> {
    const typed = this.content.slice(this.cursor, this.cursor + keystrokes);
    const times: number[] = [];
    let mostRead = 0;
    for (const character of typed) {
      const start = performance.now();
      const edit = { offset: this.cursor, deleteLength: 0, insert: character };
      this.content = this.content.slice(0, this.cursor) + character + this.content.slice(this.cursor);
      this.engine.documents.change({ uri: this.uri, version: ++this.version, edits: [edit] });
      this.cursor++;
      const { tokens } = await this.complete();
      times.push(performance.now() - start);
      mostRead = Math.max(mostRead, tokens.read);
    }
    return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), mostRead };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.engine.dispose();
  }
}

/** The end of the line in the middle of a text, where one is in the middle of something. */
function middleOf(text: string): number {
  return text.indexOf('\n', text.length / 2);
}
