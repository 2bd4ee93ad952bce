import assert from 'node:assert/strict';
import { WorkspaceMemory, type PreparationEvents } from '../../../src/engine/recall';
import { SegmentMemories, SegmentPool, type MemoryPlan } from '../../../src/engine/memory';
import type { Runtime } from '../../../src/engine/runtime';
import { defaultDoNotRead } from '../../../src/protocol';
import { tinyPlan, useTinyModel } from '../tinyModel';
import { withTree, type Tree } from '../workspace/tree';

const silent: PreparationEvents = { reading: () => undefined, encoding: () => undefined };
const never = new AbortController().signal;
const warn = (message: string) => assert.fail(message);

const lines = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
const text = 'import { area } from "./shapes";\n\nexport function total() {\n  return area(\n';
const place = { path: 'src/main.ts', text, offset: text.length - 1 };
const shapes = 'export function area(width: number, height: number): number {\n  return width * height;\n}\n';

describe('The memory of a workspace', () => {
  const model = useTinyModel();

  /** What is fed to the model, as text. */
  function recording(): { runtime: Runtime; read: () => string } {
    const fed: number[] = [];
    const { runtime, tokenizer } = model();
    return {
      read: () => tokenizer.decode(fed.filter((token) => token < 300)),
      runtime: {
        manifest: runtime.manifest,
        device: runtime.device,
        createState: (slots) => runtime.createState(slots),
        forward: (state, tokens, source, logits) => {
          fed.push(...tokens);
          return runtime.forward(state, tokens, source, logits);
        },
        compact: (state, compaction) => runtime.compact(state, compaction),
        extract: (state, range, entries) => runtime.extract(state, range, entries),
        insert: (state, memory) => runtime.insert(state, memory),
        merge: (memories, priors, entries) => runtime.merge(memories, priors, entries),
        dispose: () => Promise.resolve(),
      },
    };
  }

  async function withWorkspace(tree: Tree, use: (memory: WorkspaceMemory, read: () => string) => Promise<void>, plan: Partial<MemoryPlan> = {}): Promise<void> {
    await withTree(tree, async (folder) => {
      const { runtime, read } = recording();
      const options = { folders: [{ folder, doNotRead: defaultDoNotRead }] };
      const planned = { ...tinyPlan, ...plan };
      const memory = new WorkspaceMemory(options, planned, model().tokenizer, await SegmentPool.create(runtime, new SegmentMemories(planned.segments)), { warn });
      try {
        await use(memory, read);
      } finally {
        memory.dispose();
      }
    });
  }

  it('recalls the segment that declares what is called, best of all and closest to the text', () => withWorkspace({
    'src/main.ts': text, 'src/shapes.ts': shapes, 'src/other.ts': 'export const area51 = "a place";\n',
  }, async (memory) => {
    const chosen = await memory.prepare('a', place, 8, never, silent);
    assert.equal(chosen[0].path, 'src/shapes.ts');
    assert.deepEqual(chosen[0].why?.declares, ['area']);
    assert.equal(chosen[0].prior, 0);
    assert.equal(memory.recallFor('a').segments.at(-1)?.key, chosen[0].key);
    assert.deepEqual(memory.recallFor('b').segments, []);
  }));

  it('reads nothing that is ignored or may hold secrets, and nothing of the open file from the disk', () => withWorkspace({
    '.gitignore': 'built/\n',
    'src/main.ts': `${text}// UNSAVED\n`,
    'src/shapes.ts': shapes,
    '.env': 'area=HIDDEN-ONE\n',
    'secrets.ts': 'export const area = "HIDDEN-TWO";\n',
    'built/area.ts': 'export const area = "HIDDEN-THREE";\n',
  }, async (memory, read) => {
    await memory.prepare('a', place, 8, never, silent);
    assert.ok(read().includes('export function area(width'));
    assert.ok(!/HIDDEN|UNSAVED/.test(read()), read());
  }));

  it('takes of the open file what lies behind the suffix, with prior 0', () => {
    const declaration = (i: number) => `export function number${i}(value: number): number {\n${lines(30, (j) => `  value += ${i * j};`)}  return value;\n}\n`;
    const long = `${text}}\n\n${Array.from({ length: 6 }, (_, i) => declaration(i)).join('\n')}`;
    return withWorkspace({ 'src/main.ts': long, 'src/shapes.ts': shapes }, async (memory, read) => {
      const chosen = await memory.prepare('a', { path: 'src/main.ts', text: long, offset: text.length - 1 }, 8, never, silent);
      const own = chosen.filter(({ path }) => path === 'src/main.ts');
      assert.equal(own.length, 2, 'a quarter of the eight that fit');
      assert.ok(own[0].startLine > 4 && own[1].startLine > own[0].endLine);
      assert.deepEqual(own.map(({ prior, why }) => [prior, why]), [[0, undefined], [0, undefined]]);
      assert.ok(!read().includes('return area('), 'what stands before the cursor is not a segment');
    }, { segments: 8 });
  });

  it('encodes no segment twice, for whatever document it is chosen', () => withWorkspace({ 'src/shapes.ts': shapes, 'src/area.ts': 'export const area = 1;\n' }, async (memory, read) => {
    await memory.prepare('a', place, 8, never, silent);
    const { length } = read();
    await memory.prepare('a', place, 8, never, silent);
    await memory.prepare('b', { ...place, path: 'src/b.ts' }, 8, never, silent);
    assert.equal(read().length, length);
  }));

  it('recalls what was encoded when it is aborted, and goes on with the rest', () => withWorkspace({
    'src/shapes.ts': shapes, 'src/more.ts': lines(60, (i) => `export const area${i} = ${i};`), 'src/area.ts': 'export const area = 1;\n',
  }, async (memory) => {
    const controller = new AbortController();
    const stopping: PreparationEvents = { reading: () => undefined, encoding: (_segment, done) => { if (done === 1) controller.abort(); } };
    await assert.rejects(memory.prepare('a', place, 8, controller.signal, stopping), (error) => error === controller.signal.reason);
    assert.equal(memory.recallFor('a').segments.length, 1);
    const chosen = await memory.prepare('a', place, 8, never, silent);
    assert.equal(memory.recallFor('a').segments.length, chosen.length);
  }));

  it('holds the same bytes of keys and values with 200 segments to choose from as with as many as fit', async () => {
    const files = (count: number): Tree => Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/area${i}.ts`, lines(40, (j) => `export const area${i}of${j} = area;`)]));
    const bytes: number[] = [];
    for (const count of [6, 16, 200]) {
      await withWorkspace(files(count), async (memory) => {
        assert.equal((await memory.prepare('a', place, 16, never, silent)).length, 6);
        await memory.prepare('a', { ...place, text: `${text}area7of3`, offset: text.length + 8 }, 16, never, silent);
        bytes.push(memory.bytes);
      });
    }
    assert.equal(new Set(bytes).size, 1, bytes.join(', '));
  });

  it('says that a folder cannot be read, and reads it when it is there', () => withTree({}, async (folder) => {
    const { runtime } = recording();
    const memory = new WorkspaceMemory({ folders: [{ folder: `${folder}/missing`, doNotRead: [] }] }, tinyPlan, model().tokenizer, await SegmentPool.create(runtime, new SegmentMemories(tinyPlan.segments)), { warn });
    await assert.rejects(memory.prepare('a', place, 8, never, silent), /cannot be opened/);
    memory.dispose();
  }));
});
