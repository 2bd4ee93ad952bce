import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSampler, generate, Lookup, RequiredText, Speculation, type GenerationOptions } from '../../../src/engine/decode';
import type { BoundedCache } from '../../../src/engine/memory';
import { noise, useTinyModel } from '../tinyModel';

describe('generate', () => {
  const model = useTinyModel();
  const options = (changes: Partial<GenerationOptions> = {}): GenerationOptions => ({
    sampler: createSampler({ temperature: 0, topP: 1 }),
    required: new RequiredText(new Int32Array(0), 0, model().tokenizer.vocabulary),
    ends: () => false,
    signal: new AbortController().signal,
    ...changes,
  });

  /** A cache that has read a text but for its last token. */
  async function prepared(text: Int32Array): Promise<BoundedCache> {
    const cache = await model().cache();
    await cache.append(text.slice(0, -1), 'none');
    return cache;
  }

  async function write(text: Int32Array, count: number, given: GenerationOptions) {
    const cache = await prepared(text);
    const written = [];
    for await (const token of generate(cache, { pending: text.slice(-1) }, given)) if (written.push(token) === count) break;
    cache.dispose();
    return written;
  }

  it('writes the same with lookup as plain greedy does, longer than the window too', async () => {
    await fc.assert(fc.asyncProperty(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 60 }), fc.array(fc.nat({ max: 90 }), { maxLength: 40 }), async (seed, length, behind) => {
      const text = noise(length, seed);
      const plain = await write(text, 250, options());
      // What greedy writes stands behind the cursor in part: proposals are right, wrong and half right.
      const known = plain.filter((_, i) => i % 17 !== 0).map(({ token }) => token);
      const lookup = new Lookup(text, Int32Array.from([...known, ...behind]), 260);
      const speculative = await write(text, 250, options({ speculation: new Speculation(text.slice(0, 3), lookup) }));
      assert.deepEqual(speculative.map(({ token }) => token), plain.map(({ token }) => token));
      assert.ok(length < 20 || speculative.some(({ origin }) => origin === 'accepted'));
    }), { numRuns: 25 });
  });

  it('needs fewer runs when proposals are right', async () => {
    const text = noise(40);
    const plain = await write(text, 60, options());
    const lookup = new Lookup(text, Int32Array.from([...text.slice(-8), ...plain.map(({ token }) => token)]), 80);
    const speculative = await write(text, 60, options({ speculation: new Speculation(new Int32Array(0), lookup) }));
    assert.ok(speculative.filter(({ origin }) => origin === 'drawn').length <= 20);
  });

  it('leaves in the cache exactly what was written and read', async () => {
    const text = noise(30);
    const cache = await prepared(text);
    const written: number[] = [];
    const lookup = new Lookup(text, text, 80);
    for await (const { token } of generate(cache, { pending: text.slice(-1) }, options({ speculation: new Speculation(noise(5), lookup) }))) {
      if (written.push(token) === 40) break;
    }
    const held = cache.text.slice(0, 30 + 39);
    assert.deepEqual(held, [...text, ...written.slice(0, 39)]);
    cache.dispose();
  });

  it('begins with the required text, whatever the model prefers', async () => {
    const required = new RequiredText(Int32Array.from(model().tokenizer.encode('return x')), 7, model().tokenizer.vocabulary);
    const written = await write(noise(50), 20, options({ required }));
    const text = model().tokenizer.decode(written.map(({ token }) => token));
    assert.ok(text.startsWith('return x'), text);
  });

  it('ends before a token that ends the text', async () => {
    const plain = await write(noise(50), 20, options());
    const last = plain[7].token;
    const first = plain.findIndex(({ token }) => token === last);
    const written = await write(noise(50), 20, options({ ends: (token) => token === last }));
    assert.deepEqual(written, plain.slice(0, first));
  });

  it('stops between two tokens when it is aborted', async () => {
    const controller = new AbortController();
    const cache = await prepared(noise(50));
    let count = 0;
    await assert.rejects(async () => {
      for await (const token of generate(cache, { pending: Int32Array.of(65) }, options({ signal: controller.signal }))) {
        assert.ok(token.token >= 0);
        if (++count === 5) controller.abort();
      }
    }, { name: 'AbortError' });
    assert.equal(count, 5);
    cache.dispose();
  });
});
