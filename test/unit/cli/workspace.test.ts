import assert from 'node:assert/strict';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';
import { withTree } from '../workspace/tree';
import { sparsek } from './capture';
import { useCacheFolder } from './useCacheFolder';

const tree = {
  'main.ts': 'import { area } from "./shapes";\n\nconst size = area(\n',
  'shapes.ts': 'export function area(width: number, height: number) {\n  return width * height;\n}\n',
  'other.ts': 'export const area = 51;\n',
};

interface Answer {
  readonly memory: { readonly entries: number; readonly keyValueBytes: number };
  readonly segments?: readonly { readonly path: string; readonly startLine: number; readonly endLine: number; readonly why?: { readonly declares: readonly string[] } }[];
}

describe('sparsek complete --workspace', () => {
  useCacheFolder();
  let pack: TemporaryDirectory;
  before(async () => {
    pack = await temporaryDirectory();
    await writeTinyPack(pack.path);
  });
  after(() => pack.remove());

  const complete = (file: string, ...more: string[]) => sparsek('complete', `${file}:3:19`, '--json', '--model', pack.path, ...more);

  it('explains which segments of other files the memory recalled', () => withTree(tree, async (root) => {
    const { result, notes } = await complete(join(root, 'main.ts'), '--workspace', root);
    const answer = JSON.parse(result) as Answer;
    assert.equal(answer.segments?.[0].path, 'shapes.ts');
    assert.deepEqual(answer.segments[0].why?.declares, ['area']);
    const { startLine, endLine } = answer.segments[0];
    const lines = tree['shapes.ts'].split('\n').slice(startLine - 1, endLine);
    assert.ok(lines.some((line) => line.includes('function area(width: number, height: number)')), 'the called signature is in the segment');
    assert.ok(answer.memory.entries > 0);
    assert.match(notes, /encoding 1 of 2: "shapes.ts" 1-3/);
  }));

  it('recalls no more segments of other files than asked for', () => withTree(tree, async (root) => {
    const { result } = await complete(join(root, 'main.ts'), '--workspace', root, '--segments', '1');
    assert.equal((JSON.parse(result) as Answer).segments?.length, 1);
  }));

  it('holds the same bytes of live keys and values with 1, 16 and 200 segments to choose from, and with none', async () => {
    const bytes: number[] = [];
    for (const count of [0, 1, 16, 200]) {
      const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`shapes${i}.ts`, `export function area${i}() {\n  return area(${i});\n}\n`]));
      await withTree({ 'main.ts': tree['main.ts'], ...files }, async (root) => {
        const answer = JSON.parse((await complete(join(root, 'main.ts'), '--workspace', root, '--segments', '200')).result) as Answer;
        assert.equal((answer.segments?.length ?? 0) > 0, count > 0);
        assert.equal(answer.memory.entries > 0, count > 0);
        bytes.push(answer.memory.keyValueBytes);
      });
    }
    assert.equal(new Set(bytes).size, 1, bytes.join(', '));
  });

  it('says nothing of segments without a workspace', () => withTree(tree, async (root) => {
    const answer = JSON.parse((await complete(join(root, 'main.ts'))).result) as Answer;
    assert.equal(answer.segments, undefined);
    assert.equal(answer.memory.entries, 0);
  }));

  it('refuses a file outside the workspace', () => withTree(tree, (root) => withTree({}, async (elsewhere) => {
    const { code, notes } = await complete(join(root, 'main.ts'), '--workspace', elsewhere);
    assert.notEqual(code, 0);
    assert.match(notes, /does not lie in/);
  })));
});
