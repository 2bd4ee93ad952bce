import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { defaultDoNotRead, methods, type AnswerResult, type CompletionResult, type EngineInfo, type MemorySources, type WorkspaceReport } from '../../src/protocol';
import { withTree, type Tree } from '../unit/workspace/tree';
import { HostedEngine } from './hostedEngine';
import { tinyRequest, useTinyPack } from './tinyEngine';

const text = 'import { area } from "../shapes/area";\n\nconst size = area(\nconst other = area(\n';
const declared = (name: string) => `export function area(${name}: number) {\n  return ${name} * ${name};\n}\n`;
const tree: Tree = { 'src/main.ts': text, 'src/near.ts': declared('near'), 'shapes/area.ts': declared('imported'), 'far/away.ts': declared('far'), 'far/open.ts': declared('open') };

/** Longer than it takes from the last request until a small folder is read. */
const pause = 2_000;

describe('what is read in the background', function () {
  this.timeout(60_000);
  const pack = useTinyPack();

  interface Window {
    readonly window: MessageConnection;
    completed(line: string): Promise<CompletionResult>;
    remembered(): Promise<string[]>;
    filesRead(): Promise<number>;
    pauseReading(paused: boolean): Promise<void>;
  }

  async function open(engine: HostedEngine, root: string, sources?: MemorySources): Promise<Window> {
    const window = engine.connect();
    const uri = pathToFileURL(join(root, 'src/main.ts')).href;
    const workspace = { folders: [{ folder: root, doNotRead: defaultDoNotRead }], ...(sources === undefined ? {} : { sources }) };
    await window.sendRequest<EngineInfo>(methods.initialize, { ...tinyRequest(pack.path), storeBudgetMegabytes: 0, workspace });
    await window.sendNotification(methods.openDocument, { uri, path: 'src/main.ts', languageId: 'typescript', version: 1, text });
    await window.sendNotification(methods.workspaceAttention, { open: [join(root, 'far/open.ts')], recent: [] });
    const completed = (line: string) => window.sendRequest<CompletionResult>(methods.complete, {
      uri, version: 1, offset: text.indexOf(line) + line.length, maxTokens: 2, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true,
    });
    return {
      window, completed,
      remembered: async () => {
        await completed('size = area(');
        await wait(pause);
        return ((await completed('other = area(')).remembered ?? []).map(({ path }) => path).sort();
      },
      filesRead: async () => (await window.sendRequest<WorkspaceReport>(methods.workspaceReport, {})).folders[0].files,
      pauseReading: (paused) => window.sendNotification(methods.pauseReading, { paused }),
    };
  }

  const withFolder = (use: (engine: HostedEngine, root: string) => Promise<void>) => withTree(tree, async (root) => {
    const engine = new HostedEngine(true);
    try {
      await use(engine, root);
    } finally {
      await engine.close();
    }
  });
  const ask = ({ window }: Window) => window.sendRequest<AnswerResult>(methods.ask, {
    id: 'q', question: 'What does area return?', history: [], mentions: [], open: [], maxTokens: 4, sampling: { temperature: 0, topP: 1 }, encode: 1,
  });

  it('is everything that matters, unless something else is said', () => withFolder(async (engine, root) => {
    assert.deepEqual(await (await open(engine, root)).remembered(), ['far/away.ts', 'far/open.ts', 'shapes/area.ts', 'src/near.ts']);
  }));

  it('is of other files only the neighbours, where that is asked for', () => withFolder(async (engine, root) => {
    assert.deepEqual(await (await open(engine, root, 'neighbours')).remembered(), ['far/open.ts', 'shapes/area.ts', 'src/near.ts']);
  }));

  it('is the open file alone, where that is asked for; a question reads the others', () => withFolder(async (engine, root) => {
    const window = await open(engine, root, 'openFile');
    assert.deepEqual(await window.remembered(), []);
    assert.equal(await window.filesRead(), 0);
    assert.equal((await ask(window)).read.files, 5);
  }));

  it('is nothing while it is paused, and goes on afterwards by itself', () => withFolder(async (engine, root) => {
    const window = await open(engine, root);
    await window.pauseReading(true);
    assert.deepEqual(await window.remembered(), []);
    assert.equal(await window.filesRead(), 0);
    await window.pauseReading(false);
    await wait(pause);
    assert.equal(await window.filesRead(), 5);
    await window.completed('size = area(');
    assert.ok(((await window.completed('other = area(')).remembered ?? []).length > 0);
  }));

  it('is read while it is paused for a question that needs it, and only as long as it does', () => withFolder(async (engine, root) => {
    const window = await open(engine, root);
    await window.pauseReading(true);
    assert.equal((await ask(window)).read.files, 5);
    assert.deepEqual(await window.remembered(), []);
  }));

  it('is paused for one window and not for another', () => withFolder(async (engine, root) => {
    const [paused, other] = [await open(engine, root), await open(engine, root)];
    await paused.pauseReading(true);
    assert.equal((await other.remembered()).length, 4);
    assert.equal(await paused.filesRead(), 0);
  }));
});
