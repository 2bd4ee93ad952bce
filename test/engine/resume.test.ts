import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Editor } from './editor';
import { useRealModel } from './realModel';

const source = readFileSync(fileURLToPath(new URL('../../src/engine/documents/document.ts', import.meta.url)), 'utf8');

describe('a jump and an edit resume the file\'s stream with the real model', function () {
  this.timeout(300_000);
  const engine = useRealModel();

  it('from a checkpoint, to the same completion as an uninterrupted read', async () => {
    const text = source.repeat(2);
    const place = text.indexOf('while (first > 0', source.length);
    const editor = new Editor(engine(), text, place);
    const uninterrupted = await editor.complete();

    editor.cursor = text.indexOf('get length(', source.length);
    const jumped = await editor.complete({ maxTokens: 1 });
    editor.cursor = place;
    const resumed = await editor.complete();
    assert.equal(resumed.text, uninterrupted.text);
    assert.deepEqual(resumed.outcome, uninterrupted.outcome);
    assert.ok(jumped.tokens.read < uninterrupted.tokens.read);
    assert.ok(resumed.tokens.reused > 1000, JSON.stringify(resumed.tokens));
    assert.equal(resumed.memory.keyValueBytes, uninterrupted.memory.keyValueBytes);
    editor.close();
  });
});
