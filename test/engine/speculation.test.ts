import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Editor } from './editor';
import { useRealModel } from './realModel';

const source = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

describe('speculation equals greedy with the real model', function () {
  this.timeout(300_000);
  const engine = useRealModel();

  const places = [
    ['src/engine/memory/boundedCache.ts', 'async pin('],
    ['src/engine/documents/document.ts', 'private startOfStretch('],
    ['src/cli/location.ts', 'export function offsetOf('],
    ['models/training/sparsek_code/reference.py', 'def compact('],
  ] as const;

  let accepted = 0;
  for (const [path, marker] of places) {
    it(`in ${path}`, async () => {
      const text = source(path);
      const start = text.indexOf(marker);
      assert.ok(start > 0);
      const editor = new Editor(engine(), text.slice(0, text.indexOf('\n', start)), text.indexOf('\n', start));
      await editor.complete({ maxTokens: 1 });
      const greedy = await editor.complete({ maxTokens: 64, speculation: false });
      const speculative = await editor.complete({ maxTokens: 64 });
      assert.deepEqual(speculative.outcome, greedy.outcome);
      assert.equal(speculative.text, greedy.text);
      assert.equal(greedy.tokens.accepted, 0);
      accepted += speculative.tokens.accepted;
      editor.close();
    });
  }

  it('and proposals were accepted on the way', () => {
    assert.ok(accepted > 0);
  });
});
