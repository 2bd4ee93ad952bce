import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';
import { filesBelow } from '../store/folder';
import { withTree, writeTree, type Tree } from '../workspace/tree';
import { sparsek } from './capture';
import { useCacheFolder } from './useCacheFolder';

const functionNamed = (name: string) => `export function ${name}(value: number): number {\n${Array.from({ length: 40 }, (_, i) => `  value += ${i};\n`).join('')}  return value;\n}\n`;
const long = ['first', 'second', 'third'].map(functionNamed).join('\n');
const tree: Tree = {
  'main.ts': 'import { area } from "./shapes";\n\nconst size = area(\n',
  'shapes.ts': 'export function area(width: number, height: number) {\n  return width * height;\n}\n',
  'long.ts': long,
};

interface Reading {
  readonly files: number;
  readonly segments: number;
  readonly tokens: number;
  readonly reused: number;
  readonly bytes: number;
  readonly skipped: number;
}

interface Explanation {
  readonly entries: number;
  readonly segments: readonly { readonly path: string; readonly share: number; readonly why?: { readonly declares: readonly string[] } }[];
}

describe('reading a folder from the command line', () => {
  let pack: TemporaryDirectory;
  const cache = useCacheFolder();
  before(async () => {
    pack = await temporaryDirectory();
    await writeTinyPack(pack.path);
  });
  after(() => pack.remove());
  afterEach(() => rm(join(cache(), 'sparsek', 'store'), { recursive: true, force: true }));

  async function read(root: string, ...more: string[]): Promise<Reading> {
    const { code, result, notes } = await sparsek('read', root, '--json', '--model', pack.path, ...more);
    assert.equal(code, 0, notes);
    return JSON.parse(result) as Reading;
  }

  it('reads every segment once, and after a restart none', () => withTree(tree, async (root) => {
    const first = await read(root);
    assert.equal(first.files, 3);
    assert.ok(first.segments > 3 && first.tokens > 100);
    assert.equal(first.reused, 0);
    assert.deepEqual({ ...await read(root), seconds: 0 }, { ...first, reused: first.segments, seconds: 0 });
  }));

  it('says how many bytes lie on the disk', () => withTree(tree, async (root) => {
    const { bytes } = await read(root);
    const memories = (await filesBelow(cache())).filter(({ path }) => path.includes('memories-'));
    assert.equal(bytes, memories.reduce((sum, file) => sum + file.bytes.length, 0));
  }));

  it('reads one segment again after one function was edited, and none after it was undone', () => withTree(tree, async (root) => {
    const { segments } = await read(root);
    await writeFile(join(root, 'long.ts'), long.replace('value += 7', 'value -= 7'));
    const edited = await read(root);
    assert.deepEqual([edited.segments, edited.reused], [segments, segments - 1]);
    await writeFile(join(root, 'long.ts'), long);
    assert.equal((await read(root)).reused, segments);
  }));

  it('makes a damaged memory again', () => withTree(tree, async (root) => {
    const { segments } = await read(root);
    const [{ path, bytes }] = (await filesBelow(cache())).filter((file) => file.path.includes('memories-'));
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(path, bytes);
    assert.equal((await read(root)).reused, segments - 1);
    assert.equal((await read(root)).reused, segments);
  }));

  it('stores nothing of what is ignored or may hold secrets', () => withTree({
    ...tree, '.gitignore': 'built/\n', '.env': 'area=TOPSECRET\n', 'id_rsa': 'TOPSECRET\n', 'built/a.ts': 'export const area = "TOPSECRET";\n',
  }, async (root) => {
    await read(root);
    await sparsek('complete', `${join(root, 'main.ts')}:3:19`, '--workspace', root, '--json', '--model', pack.path);
    const withSecrets = (await filesBelow(cache())).filter(({ path }) => path.includes('memories-')).map(({ path }) => path);
    await rm(join(cache(), 'sparsek', 'store'), { recursive: true });
    for (const name of ['.env', 'id_rsa', 'built']) await rm(join(root, name), { recursive: true });
    await read(root);
    const without = (await filesBelow(cache())).filter(({ path }) => path.includes('memories-')).map(({ path }) => path);
    assert.deepEqual(withSecrets, without, 'memories are named by content: the same ones, and no other');
    for (const { bytes } of await filesBelow(cache())) assert.ok(!bytes.includes('TOPSECRET'));
  }));

  it('ends with what to do when nothing can be stored', () => withTree(tree, async (root) => {
    await writeTree(cache(), { 'sparsek/store': 'a file' });
    const { code, notes } = await sparsek('read', root, '--model', pack.path);
    assert.equal(code, 1);
    assert.match(notes, /warning: .*Completions go on/);
    assert.match(notes, /Reading ended after 0 segments/);
    const completion = await sparsek('complete', `${join(root, 'main.ts')}:3:19`, '--workspace', root, '--json', '--model', pack.path);
    assert.ok((JSON.parse(completion.result) as { memory: { entries: number } }).memory.entries > 0, 'completions go on without the store');
  }));

  it('keeps nothing when it shall not', () => withTree(tree, async (root) => {
    await sparsek('complete', `${join(root, 'main.ts')}:3:19`, '--workspace', root, '--json', '--model', pack.path, '--store', '0');
    assert.deepEqual((await filesBelow(cache())).filter(({ path }) => path.includes('store')), []);
    assert.equal((await sparsek('read', root, '--store', '0')).code, 2);
    assert.equal((await sparsek('read', join(root, 'missing'))).code, 2);
  }));

  it('explains what is remembered at a place, and why', () => withTree(tree, async (root) => {
    const place = `${join(root, 'main.ts')}:3:19`;
    const { result } = await sparsek('explain', place, '--workspace', root, '--json', '--model', pack.path);
    const { entries, segments } = JSON.parse(result) as Explanation;
    assert.ok(entries > 0);
    assert.equal(segments[0].path, 'shapes.ts');
    assert.deepEqual(segments[0].why?.declares, ['area']);
    const sum = segments.reduce((total, { share }) => total + share, 0);
    assert.ok(sum > 0.99 && sum <= 1.000001, `the short file has no older text: ${sum}`);
    const text = await sparsek('explain', place, '--workspace', root, '--model', pack.path);
    assert.match(text.result, /entries in memory[^]* % "shapes.ts" 1-3: declares area; is imported/);
  }));
});
