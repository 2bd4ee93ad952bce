import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { entriesOf, layerGroups } from '../../kernels';
import { emitGraphs } from '../../kernels/emitGraphs';
import { mostLikely } from '../../src/engine/decode/sampler';
import { readManifest, Tokenizer } from '../../src/engine/model';
import { CpuRuntime, WgslRuntime } from '../../src/engine/runtime';
import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { temporaryDirectory } from '../fixtures/temporaryDirectory';
import { onRealGpu } from './testGpu';

/** Tokens read in chunks, and those behind them whose logits are compared; 16 at a time, as speculation verifies them. */
const [read, compared, run] = [512, 192, 16];

describe('the shipped model on a real GPU', function () {
  this.timeout(600_000);

  before(async function () {
    const missing = await missingModelFiles();
    if (onRealGpu() && missing.length === 0) return;
    console.log(`      Skipped: ${onRealGpu() ? `the model is not whole, ${missing.join(', ')} missing` : 'SPARSEK_TEST_GPU=real runs it on this machine\'s GPU'}.`);
    this.skip();
  });

  it('computes the logits that the CPU computes in the same arithmetic', async () => {
    const directory = await temporaryDirectory();
    await cp(shippedModel, directory.path, { recursive: true });
    await emitGraphs(directory.path, 'float32');
    const manifest = await readManifest(directory.path);
    const tokenizer = await Tokenizer.open(directory.path, manifest);
    const code = await readFile(new URL('../../src/engine/engine.ts', import.meta.url), 'utf8');
    const tokens = Int32Array.from(tokenizer.encode(code)).slice(0, read + compared);
    assert.equal(tokens.length, read + compared);
    const gpu = await WgslRuntime.load(directory.path, manifest, 'a test');
    const cpu = await CpuRuntime.load(directory.path, manifest);
    const states = [gpu.createState(1024), cpu.createState(1024)] as const;
    const { vocabulary } = manifest.geometry;
    await gpu.forward(states[0], tokens.slice(0, read), 0, 'none');
    await cpu.forward(states[1], tokens.slice(0, read), 0, 'none');
    // Part of what was read has to go, in each group of layers its own, so that moved keys are compared as well.
    const compactions = layerGroups(manifest).map((group) => (
      { memory: { start: 4, end: 4 }, evicted: { start: 4, end: 384 }, keep: entriesOf(group, 160) }
    ));
    gpu.compact(states[0], compactions);
    cpu.compact(states[1], compactions);
    for (let start = read; start < tokens.length; start += run) {
      const part = tokens.slice(start, start + run);
      const found = await gpu.forward(states[0], part, start, 'all');
      const expected = await cpu.forward(states[1], part, start, 'all');
      for (let row = 0; row < part.length; row++) {
        const [ours, theirs] = [found, expected].map((rows) => rows.subarray(row * vocabulary, (row + 1) * vocabulary));
        assert.ok(cosine(ours, theirs) >= 0.9999, `token ${start + row}: cosine ${cosine(ours, theirs)}`);
        const [own, other] = [mostLikely(ours), mostLikely(theirs)];
        assert.ok(own === other || theirs[other] - theirs[own] < 0.15, `token ${start + row}: ${own} instead of ${other}`);
      }
    }
    tokenizer.dispose();
    await gpu.dispose();
    await cpu.dispose();
    await directory.remove();
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, squares, others] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    squares += a[i] * a[i];
    others += b[i] * b[i];
  }
  return product / Math.sqrt(squares * others);
}
