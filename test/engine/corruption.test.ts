import assert from 'node:assert/strict';
import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ResponseError } from 'vscode-jsonrpc/node';
import { methods, type Problem, type ProblemCode } from '../../src/protocol';
import { temporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { EngineProcess } from './engineProcess';
import { tinyRequest } from './tinyEngine';

describe('corruption: a damaged model pack is refused before anything is computed', function () {
  this.timeout(60_000);

  const cases: [name: string, file: string, code: ProblemCode, damage: (path: string) => Promise<void>][] = [
    ['a missing shard', 'attention.bin', 'model-missing', (path) => rm(path)],
    ['a truncated shard', 'attention.bin', 'model-corrupt', (path) => truncate(path, 1000)],
    ['a flipped bit', 'embedding.bin', 'model-corrupt', flipBit],
    ['a flipped bit in the graph', 'decoder.onnx', 'model-corrupt', flipBit],
    ['a damaged tokenizer', 'tokenizer.tiktoken', 'model-corrupt', flipBit],
    ['a manifest that is no JSON', 'manifest.json', 'model-corrupt', (path) => truncate(path, 100)],
    ['no manifest', 'manifest.json', 'model-missing', (path) => rm(path)],
    ['another format version', 'manifest.json', 'model-version', async (path) => {
      await writeFile(path, (await readFile(path, 'utf8')).replace(/"formatVersion":\s*1/, '"formatVersion":2'));
    }],
  ];

  for (const [name, file, code, damage] of cases) {
    it(name, async () => {
      const directory = await temporaryDirectory();
      await writeTinyPack(directory.path);
      await damage(join(directory.path, file));
      await using engine = new EngineProcess();
      const problem = await refusal(engine.connection.sendRequest(methods.initialize, tinyRequest(directory.path)));
      assert.equal(problem.code, code);
      assert.ok(problem.what.includes(file), problem.what);
      assert.ok(problem.remedy.length > 10);
      await directory.remove();
    });
  }

  it('a stranger\'s protocol and a budget that is too small are refused as such', async () => {
    const directory = await temporaryDirectory();
    await writeTinyPack(directory.path);
    await using engine = new EngineProcess();
    const initialize = (changes: object) => refusal(engine.connection.sendRequest(methods.initialize, { ...tinyRequest(directory.path), ...changes }));
    assert.equal((await initialize({ protocolVersion: 0 })).code, 'bad-request');
    assert.equal((await initialize({ memoryBudgetMegabytes: 0.01 })).code, 'memory-budget');
    await directory.remove();
  });
});

async function refusal(request: Promise<unknown>): Promise<Problem> {
  try {
    await request;
  } catch (error) {
    assert.ok(error instanceof ResponseError);
    return error.data as Problem;
  }
  throw new Error('The model was loaded.');
}

async function flipBit(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 100);
  byte[0] ^= 1;
  await file.write(byte, 0, 1, 100);
}
