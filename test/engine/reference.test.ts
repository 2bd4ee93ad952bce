import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emitGraphs } from '../../kernels/emitGraphs';
import { BoundedCache, CheckpointStore, LiveContext, type Recall } from '../../src/engine/memory';
import { CheckpointSchedule, longestReading, readStream } from '../../src/engine/memory/stream';
import { manifestFileName, readManifest, Tokenizer, type ModelManifest } from '../../src/engine/model';
import { CpuRuntime } from '../../src/engine/runtime';
import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { compare, planOf, quantile, readCase, type Agreement, type RecordedCase } from './recordedCase';
import { encodeSegments } from './recordedSegments';

const recordings = fileURLToPath(new URL('../fixtures/reference', import.meta.url));
const never = new AbortController().signal;

/** A model in the real runtime, and what it computes for a recorded case by the engine's own ways. */
class Subject {
  private constructor(
    private readonly manifest: ModelManifest, private readonly runtime: CpuRuntime, private readonly tokenizer: Tokenizer, private readonly exact: boolean,
  ) {}

  /** @param exact whether segments are recalled as they were encoded, or rounded as the engine keeps them */
  static async open(directory: string, exact: boolean): Promise<Subject> {
    const manifest = await readManifest(directory);
    return new Subject(manifest, await CpuRuntime.load(directory, manifest), await Tokenizer.open(directory, manifest), exact);
  }

  /** Logits behind the prefix's tokens from `firstRow` on, and the greedy tokens that follow with their gaps to the recorded. */
  async run(recorded: RecordedCase) {
    const cache = await BoundedCache.create(this.runtime, planOf(recorded));
    const store = new CheckpointStore(0, recorded.bounds.chunk, []);
    const { recall, memories } = await encodeSegments(recorded, this.runtime, this.exact);
    const context = new LiveContext(cache, store, this.tokenizer.vocabulary, memories);
    const prefix = Int32Array.from(recorded.prefix);
    const rows = recorded.suffix === undefined
      ? await streamRows(cache, store, prefix, recorded.firstRow)
      : await this.requestRows(context, prefix, recorded, recall);
    const ids = recorded.continuation === undefined ? [] : await this.continue(context, recorded, rows[rows.length - 1]);
    cache.dispose();
    return { rows, ids };
  }

  async dispose(): Promise<void> {
    this.tokenizer.dispose();
    await this.runtime.dispose();
  }

  private pinned({ suffix }: RecordedCase): Int32Array {
    const { fimPrefix, fimSuffix, fimMiddle } = this.manifest.specialTokens;
    return suffix === null || suffix === undefined ? new Int32Array(0) : Int32Array.of(fimPrefix, fimSuffix, ...suffix, fimMiddle);
  }

  private async requestRows(context: LiveContext, text: Int32Array, recorded: RecordedCase, recall: Recall): Promise<Float32Array[]> {
    await context.read({ document: 'recorded', text, pinned: this.pinned(recorded), recall }, never);
    context.cache.truncate(recorded.firstRow);
    return copy(await context.cache.append(text.slice(recorded.firstRow), 'all'));
  }

  /** Types what is most likely, token by token. Text in the window is evicted as soon as it is due, as for typed text. */
  private async continue(context: LiveContext, recorded: RecordedCase, last: Float32Array): Promise<number[]> {
    const { cache } = context;
    const ids = [mostLikely(last)];
    while (ids.length < (recorded.continuation?.ids.length ?? 0)) {
      while (cache.room <= 0) cache.evict();
      // The recorded token is read, so that one difference does not hide what comes behind it.
      const [row] = await cache.append(Int32Array.of(recorded.continuation?.ids[ids.length - 1] ?? -1), 'last');
      ids.push(mostLikely(row));
    }
    return ids;
  }
}

async function streamRows(cache: BoundedCache, store: CheckpointStore, text: Int32Array, firstRow: number): Promise<Float32Array[]> {
  const { chunk } = cache.plan;
  const rows: Float32Array[] = [];
  const whole = chunk * Math.floor(firstRow / chunk);
  await readStream(cache, text, whole, new CheckpointSchedule(store, 'recorded', whole, cache.plan), { run: longestReading, signal: never, onRead: () => undefined });
  for (let start = whole; start < text.length; start += chunk) {
    rows.push(...copy(await cache.append(text.slice(start, start + chunk), 'all')));
    if (cache.room === 0) cache.evict();
  }
  return rows.slice(firstRow - whole);
}

/** Rows are valid until the next run only. */
const copy = (rows: readonly Float32Array[]) => rows.map((row) => row.slice());
const mostLikely = (row: Float32Array) => row.indexOf(row.reduce((a, b) => Math.max(a, b)));

/** A token may differ where the recorded runner-up was this close. */
function checkContinuation({ continuation }: RecordedCase, ids: readonly number[], largestGap: number): void {
  for (const [i, id] of ids.entries()) {
    const gap = continuation?.gaps[i] ?? 0;
    assert.ok(id === continuation?.ids[i] || gap < largestGap, `token ${i} is ${id} at a gap of ${gap}`);
  }
}

/** Gives the layers of a pack shares of the memory of their own. */
async function nameShares(directory: string, layerShares: readonly number[]): Promise<void> {
  const path = join(directory, manifestFileName);
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')) as object, memory: { layerShares } }));
}

const casesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => [name.replace('.json', ''), join(folder, name)] as const);

describe('the engine computes what the Python reference computes', function () {
  this.timeout(300_000);

  describe('with a tiny model in float32 arithmetic', () => {
    const folder = join(recordings, 'tiny');
    let directory: TemporaryDirectory;
    beforeEach(async () => { directory = await temporaryDirectory(); });
    afterEach(() => directory.remove());

    for (const [name, path] of casesIn(folder)) {
      it(name, async () => {
        const recorded = readCase(path);
        await cp(join(folder, 'pack'), directory.path, { recursive: true });
        if (recorded.layerShares !== undefined) await nameShares(directory.path, recorded.layerShares);
        await emitGraphs(directory.path, 'float32');
        const subject = await Subject.open(directory.path, true);
        try {
          const { rows, ids } = await subject.run(recorded);
          const { cosines, gaps } = compare(recorded, rows);
          assert.ok(Math.min(...cosines) >= 0.9999, `cosine ${Math.min(...cosines)}`);
          assert.deepEqual(gaps, []);
          checkContinuation(recorded, ids, 0.001);
        } finally {
          await subject.dispose();
        }
      });
    }
  });

  describe('with the shipped model as it is shipped', () => {
    const folder = join(recordings, 'qwen2.5-coder-0.5b');
    let subject: Subject | undefined;
    before(async function () {
      const missing = await missingModelFiles();
      if (missing.length > 0) {
        console.log(`      skipped: the model is not whole, ${missing.join(', ')} missing`);
        this.skip();
      }
      subject = await Subject.open(shippedModel, false);
    });
    after(() => subject?.dispose());

    it('has recordings', function () {
      if (existsSync(folder)) return;
      console.log(`      skipped: ${folder} is not recorded yet (models/training/sparsek_code/record_fixture.py)`);
      this.skip();
    });

    /** Of two logits that are so near, rounding may turn the order; recorded: below 0.15. */
    const nearTie = 0.3;
    const cases = existsSync(folder) ? casesIn(folder) : [];
    const all: Agreement[] = [];
    for (const [name, path] of cases) {
      it(`${name}: what differs is nearly a tie`, async () => {
        assert.ok(subject);
        const recorded = readCase(path);
        const { rows, ids } = await subject.run(recorded);
        const agreement = compare(recorded, rows);
        all.push(agreement);
        assert.ok(Math.max(0, ...agreement.gaps) < nearTie, `another token is likelier by ${Math.max(...agreement.gaps)}`);
        checkContinuation(recorded, ids, nearTie);
      });
    }

    // Recorded: median 0.9998, first percentile 0.9990, 316 of 320 the same token. Eight-bit activations round differently from
    // processor to processor, and which entry is the last that is kept may hang on it: hence the margin.
    it('over all rows: median cosine 0.9995, first percentile 0.998, the same token in 97 of 100', function () {
      if (cases.length === 0) this.skip();
      assert.equal(all.length, cases.length, 'a case gave no rows');
      const cosines = all.flatMap((agreement) => agreement.cosines);
      const same = 1 - all.flatMap(({ gaps }) => gaps).length / cosines.length;
      const figures = `median ${quantile(cosines, 0.5)}, first percentile ${quantile(cosines, 0.01)}, same token ${same} of ${cosines.length} rows`;
      console.log(`      ${figures}`);
      assert.ok(quantile(cosines, 0.5) >= 0.9995 && quantile(cosines, 0.01) >= 0.998 && same >= 0.97, figures);
    });
  });
});
