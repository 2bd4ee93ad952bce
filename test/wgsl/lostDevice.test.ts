import assert from 'node:assert/strict';
import { Gpu } from '../../src/engine/runtime/wgsl/gpu';
import { methods, type CompletionResult, type EngineInfo, type LogMessage } from '../../src/protocol';
import { HostedEngine } from '../engine/hostedEngine';
import { tinyRequest } from '../engine/tinyEngine';
import { temporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { useTestGpu } from './testGpu';

describe('a GPU that is lost while the engine runs', () => {
  useTestGpu();

  it('leaves the engine on the CPU with the same text, which it completes as before', async () => {
    const directory = await temporaryDirectory();
    const client = new HostedEngine().connect();
    const warnings: string[] = [];
    client.onNotification(methods.log, ({ level, text }: LogMessage) => { if (level === 'warning') warnings.push(text); });
    const opened = catchOpenedGpus();
    try {
      await writeTinyPack(directory.path, { arithmetic: 'float32' });
      const info: EngineInfo = await client.sendRequest(methods.initialize, { ...tinyRequest(directory.path), device: 'wgsl' });
      assert.equal(info.device.kind, 'wgsl');
      const uri = 'file:///a.ts';
      await client.sendNotification(methods.openDocument, { uri, path: '/a.ts', languageId: 'typescript', version: 1, text: 'let a = 1;\nlet b' });
      const request = { uri, version: 1, offset: 16, maxTokens: 6, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true };
      const before: CompletionResult = await client.sendRequest(methods.complete, request);
      opened.gpus[0].device.destroy();
      const after: CompletionResult = await client.sendRequest(methods.complete, request);
      assert.deepEqual(after.outcome, before.outcome);
      assert.equal(after.text, before.text);
      assert.equal(before.outcome.kind, 'completed', JSON.stringify(before.outcome));
      assert.match(warnings.join(), /is lost.*goes on with the CPU/);
    } finally {
      opened.restore();
      await client.sendRequest(methods.shutdown);
      client.dispose();
      await directory.remove();
    }
  });
});

/** Keeps hold of the devices that are opened, so that a test can take one away. */
function catchOpenedGpus(): { gpus: Gpu[]; restore: () => void } {
  const gpus: Gpu[] = [];
  const open = Gpu.open.bind(Gpu);
  Gpu.open = async () => {
    const gpu = await open();
    gpus.push(gpu);
    return gpu;
  };
  return { gpus, restore: () => { Gpu.open = open; } };
}
