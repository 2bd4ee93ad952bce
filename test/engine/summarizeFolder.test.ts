import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Engine } from '../../src/engine/engine';
import { defaultDoNotRead, type AnswerPart, type SummarizeFolderRequest } from '../../src/protocol';
import { withTree, type Tree } from '../unit/workspace/tree';
import { tinyRequest, useTinyPack } from './tinyEngine';

const never = new AbortController().signal;
const tree: Tree = {
  '.gitignore': 'built/\n',
  'README.md': '# The shop\n\nSells things.\n',
  'src/shop.ts': '// Sells *things*. Twice.\nimport { a } from "./a";\n\nexport class Shop {\n  sell() {}\n}\nexport const limit = 3;\n',
  'src/deep/[odd] name.py': '"""Counts coins."""\n\ndef count(coins):\n    return len(coins)\n',
  'src/plain.ts': 'export function plain() {\n  return 1;\n}\n',
  'src/.env': 'PASSWORD=HIDDEN\n',
  'built/out.ts': 'export const HIDDEN = 1;\n',
};

describe('the summary of a folder', function () {
  this.timeout(60_000);
  const pack = useTinyPack();

  const withEngine = (files: Tree, use: (engine: Engine, root: string) => Promise<void>) => withTree(files, async (root) => {
    const engine = await Engine.load({ ...tinyRequest(pack.path), workspace: { folders: [{ folder: root, doNotRead: defaultDoNotRead }] } }, { progress: () => undefined, log: () => undefined });
    try {
      await use(engine, root);
    } finally {
      await engine.dispose();
    }
  });

  const summarize = async (engine: Engine, folder: string, more: Partial<SummarizeFolderRequest> = {}, signal = never, onPart: (part: AnswerPart) => void = () => undefined) => {
    const parts: AnswerPart[] = [];
    const result = await engine.summarizeFolder({ id: 'f', folder, path: '', linkPrefix: '/', ...more }, signal, (part) => {
      parts.push(part);
      onPart(part);
    });
    return { result, parts };
  };

  it('lists the files that may be read, folder by folder, with what their comments say and links that lead to the code', () => withEngine(tree, async (engine, root) => {
    const { result, parts } = await summarize(engine, root);
    const { text } = result;
    assert.match(text, /^# The workspace\n\n5 files\.\n\n/);
    assert.deepEqual([...text.matchAll(/^## (.*)$/gm)].map(([, folder]) => folder), ['Files', 'src/', 'src/deep/']);
    assert.match(text, /## src\/\n\n- \[`plain\.ts`\]\(\/src\/plain\.ts\) \(3 lines\).*\n {2}- \[`plain`\]\(\/src\/plain\.ts#L1\)\n- \[`shop\.ts`\]\(\/src\/shop\.ts\) \(7 lines\): Sells \\\*things\\\*\.\n {2}- \[`Shop`\]/);
    assert.match(text, /\(4 lines\): Counts coins\./);
    assert.ok(!text.includes('HIDDEN') && !text.includes('.env'));
    const links = [...text.matchAll(/\[`([^`]+)`\]\((\/[^)#]+)(?:#L(\d+))?\)/g)];
    assert.ok(links.length > 8);
    for (const [, name, path, ...at] of links) {
      const lines = (await readFile(join(root, decodeURIComponent(path)), 'utf8')).split('\n');
      const line = at.at(0);
      if (line !== undefined) assert.ok(lines[Number(line) - 1].includes(name), `${name} in ${path}, line ${line}`);
    }
    assert.equal(parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''), text);
    assert.ok(parts.some((part) => part.kind === 'stage' && part.stage === 'workspace' && part.done === 5));
  }));

  it('of an inner folder obeys the rules of the outer one, and has the paths of the workspace', () => withEngine(tree, async (engine, root) => {
    const { result } = await summarize(engine, join(root, 'src'), { path: 'src' });
    assert.match(result.text, /^# src\/\n\n3 files\.[^]*\[`shop\.ts`\]\(\/src\/shop\.ts\)/);
    assert.equal((await summarize(engine, join(root, 'built'), { path: 'built' })).result.outcome.kind, 'not-found');
  }));

  it('reads nothing outside the workspace', () => withEngine(tree, async (engine, root) => {
    const { result } = await summarize(engine, join(root, '..'));
    assert.equal(result.outcome.kind, 'not-ready');
    assert.equal(result.text, '');
  }));

  it('is bounded for a large folder, and says what it leaves out', () => withEngine(
    Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`f${String(i).padStart(3, '0')}.ts`, `// Number ${i}.\n${Array.from({ length: 20 }, (_, j) => `export const v${i}of${j} = ${j};\n`).join('')}`])),
    async (engine, root) => {
      const { result } = await summarize(engine, root);
      assert.match(result.text, /The first 200 of 230 files\.[^]*\nAnd 30 more files\.\n$/);
      assert.match(result.text, / and 12 more\n/);
      assert.ok(result.text.length < 120_000, `${result.text.length} characters`);
      assert.equal(result.memory.keyValueBytes, engine.info.conversation.keyValueBytes);
    },
  ));

  it('stops when it is cancelled, and keeps what was written', () => withEngine(tree, async (engine, root) => {
    const controller = new AbortController();
    const { result } = await summarize(engine, root, {}, controller.signal, (part) => {
      if (part.kind === 'stage' && part.stage === 'writing') controller.abort();
    });
    assert.equal(result.outcome.kind, 'cancelled');
    assert.match(result.text, /^# The workspace/);
    assert.ok(!result.text.includes('shop.ts'));
  }));
});
