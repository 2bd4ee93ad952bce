import assert from 'node:assert/strict';
import { createSampler, generate, Lookup, RequiredText, Speculation, type GenerationOptions } from '../../src/engine/decode';
import { BoundedCache } from '../../src/engine/memory';
import { Tokenizer } from '../../src/engine/model';
import type { Runtime, WgslRuntime } from '../../src/engine/runtime';
import { noise, tinyPlan } from '../unit/tinyModel';
import { useTinyRuntimes } from './tinyRuntimes';

describe('writing on the GPU', () => {
  const runtimes = useTinyRuntimes();
  const text = noise(60, 4);

  /** Which of a runtime's two ways of running were taken, and how often logits were asked for. */
  function watched(runtime: WgslRuntime, findsTokens: boolean) {
    const calls = { rows: 0, tokens: 0 };
    const forward: Runtime['forward'] = (state, tokens, source, logits) => {
      if (logits !== 'none') calls.rows++;
      return runtime.forward(state, tokens, source, logits);
    };
    const forwardToMostLikely: Runtime['forwardToMostLikely'] = (state, tokens, source, rows) => {
      calls.tokens++;
      return runtime.forwardToMostLikely(state, tokens, source, rows);
    };
    const replaced = new Map<string | symbol, unknown>([['forward', forward], ['forwardToMostLikely', findsTokens ? forwardToMostLikely : undefined]]);
    const proxy = new Proxy(runtime, {
      get: (target, name) => {
        if (replaced.has(name)) return replaced.get(name);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) as unknown : value;
      },
    });
    return { runtime: proxy, calls };
  }

  async function write(runtime: Runtime, changes: Partial<GenerationOptions>): Promise<number[]> {
    const cache = await BoundedCache.create(runtime, tinyPlan);
    const tokenizer = await Tokenizer.open(runtimes().directory, runtime.manifest);
    try {
      await cache.append(text.slice(0, -1), 'none');
      const written: number[] = [];
      const options: GenerationOptions = {
        sampler: createSampler({ temperature: 0, topP: 1 }), required: new RequiredText(new Int32Array(0), 0, tokenizer.vocabulary),
        ends: () => false, signal: new AbortController().signal, ...changes,
      };
      for await (const { token } of generate(cache, { pending: text.slice(-1) }, options)) if (written.push(token) === 24) break;
      assert.deepEqual(cache.text.slice(0, 60 + 23), [...text, ...written.slice(0, 23)]);
      return written;
    } finally {
      tokenizer.dispose();
      cache.dispose();
    }
  }

  it('writes greedily without bringing logits back, the same text as from logits', async () => {
    const [here, there] = [watched(runtimes().gpu, true), watched(runtimes().gpu, false)];
    const found = await write(here.runtime, {});
    assert.deepEqual(found, await write(there.runtime, {}));
    assert.deepEqual([here.calls.rows, there.calls.tokens], [0, 0]);
    const speculation = new Speculation(new Int32Array(0), new Lookup(text, Int32Array.from(found), 80));
    const speculative = watched(runtimes().gpu, true);
    assert.deepEqual(await write(speculative.runtime, { speculation }), found);
    assert.equal(speculative.calls.rows, 0);
    assert.ok(speculative.calls.tokens < here.calls.tokens, 'Proposals are verified in fewer runs.');
  });

  it('asks for logits where tokens are drawn by chance', async () => {
    const { runtime, calls } = watched(runtimes().gpu, true);
    await write(runtime, { sampler: createSampler({ temperature: 0.8, topP: 0.9, seed: 3 }) });
    assert.equal(calls.tokens, 0);
    assert.ok(calls.rows > 0);
  });
});
