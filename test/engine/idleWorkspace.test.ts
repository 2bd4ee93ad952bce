import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { Server } from '../../src/engine/server';
import { defaultDoNotRead, methods, type CompletionResult, type EngineInfo, type LogMessage } from '../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { withTree, type Tree } from '../unit/workspace/tree';
import { tinyRequest } from './tinyEngine';

const text = 'import { area } from "./shapes";\n\nconst size = area(\nconst other = area(\n';
const tree: Tree = {
  'main.ts': text,
  'shapes.ts': 'export function area(width: number, height: number) {\n  return width * height;\n}\n',
};

describe('an editor whose engine knows the workspace', () => {
  let pack: TemporaryDirectory;
  before(async () => {
    pack = await temporaryDirectory();
    await writeTinyPack(pack.path);
  });
  after(() => pack.remove());

  async function withEngine(folder: string, use: (editor: MessageConnection, warnings: readonly string[]) => Promise<void>): Promise<void> {
    const [toEngine, toEditor] = [new PassThrough(), new PassThrough()];
    const engine = createMessageConnection(new StreamMessageReader(toEngine), new StreamMessageWriter(toEditor));
    const editor = createMessageConnection(new StreamMessageReader(toEditor), new StreamMessageWriter(toEngine));
    const warnings: string[] = [];
    editor.onNotification(methods.log, (message: LogMessage) => { if (message.level !== 'info') warnings.push(message.text); });
    new Server(engine, () => undefined);
    engine.listen();
    editor.listen();
    try {
      const info: EngineInfo = await editor.sendRequest(methods.initialize, { ...tinyRequest(pack.path), workspace: { folder, doNotRead: defaultDoNotRead } });
      assert.ok(info.memory.segmentBytes > 0);
      await use(editor, warnings);
    } finally {
      await editor.sendRequest(methods.shutdown);
      editor.dispose();
      engine.dispose();
    }
  }

  const completeAt = (editor: MessageConnection, uri: string, line: string): Promise<CompletionResult> => editor.sendRequest(methods.complete, {
    uri, version: 1, offset: text.indexOf(line) + line.length, maxTokens: 2, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true,
  });

  it('recalls other files after a pause, when the cursor jumps', () => withTree(tree, (root) => withEngine(root, async (editor, warnings) => {
    const uri = pathToFileURL(join(root, 'main.ts')).href;
    await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
    assert.equal((await completeAt(editor, uri, 'size = area(')).memory.entries, 0);
    await wait(2000);
    assert.ok((await completeAt(editor, uri, 'other = area(')).memory.entries > 0);
    assert.deepEqual(warnings, []);
  })));

  it('completes as without in a document that does not lie in the folder', () => withTree(tree, (root) => withEngine(join(root, 'main.ts'), async (editor, warnings) => {
    const uri = pathToFileURL(join(root, 'main.ts')).href;
    await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
    await completeAt(editor, uri, 'size = area(');
    await wait(1000);
    assert.equal((await completeAt(editor, uri, 'other = area(')).memory.entries, 0);
    assert.deepEqual(warnings, []);
  })));
});
