import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Engine } from '../../../src/engine/engine';
import { defaultDoNotRead, protocolVersion } from '../../../src/protocol';
import type { Bench } from '../bench';
import { lineRequest, textOf, type LineTask } from '../quality/lines';
import type { Answer } from './answers';
import { beforeLastKey } from './tasks';

/** Segments of other files, as the extension recalls them. */
const recalled = 8;
const never = new AbortController().signal;

/** The engine with a workspace, as a window has it. */
export class Ours implements AsyncDisposable {
  private version = 0;

  private constructor(private readonly engine: Engine, private readonly folder: string, private readonly scratch: string) {}

  /** @param folder absolute path of the workspace. @throws ProblemError when folder or model cannot be read */
  static async start({ modelDirectory, budgetMegabytes, threads }: Bench, folder: string): Promise<Ours> {
    const scratch = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
    const workspace = { folders: [{ folder, doNotRead: defaultDoNotRead }] };
    const request = { protocolVersion, modelDirectory, cacheDirectory: scratch, memoryBudgetMegabytes: budgetMegabytes, threads, workspace };
    const engine = await Engine.load(request, {
      progress: () => undefined,
      log: ({ level, text }) => { if (level === 'warning' || level === 'error') console.error(text); },
    });
    return new Ours(engine, folder, scratch);
  }

  get threads(): number {
    return this.engine.runtime.device.threads;
  }

  /** A pause with the cursor one key before the place, a request there, the key; then the request that is timed. */
  async complete({ path, before, after }: LineTask, tell: (what: string) => void): Promise<Answer> {
    const { engine } = this;
    const uri = pathToFileURL(join(this.folder, path)).href;
    const earlier = beforeLastKey(before);
    engine.documents.open({ uri, path, languageId: '', version: ++this.version, text: earlier + after });
    const place = { uri, offset: earlier.length };
    await engine.prepare(place, recalled, never, { reading: () => undefined, encoding: (_, done, count) => tell(`ours: segment ${done + 1} of ${count}`) });
    while (!await engine.readAhead(place, never, () => undefined));
    await engine.complete(lineRequest(uri, this.version, earlier.length), never);
    engine.documents.change({ uri, version: ++this.version, edits: [{ offset: earlier.length, deleteLength: 0, insert: before.slice(earlier.length) }] });
    const start = performance.now();
    const result = await engine.complete(lineRequest(uri, this.version, before.length), never);
    const milliseconds = performance.now() - start;
    engine.documents.close({ uri });
    return { text: textOf(result, path), milliseconds, read: result.tokens.read };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.dispose();
    await rm(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
