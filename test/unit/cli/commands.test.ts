import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { subcommands } from '../../../src/cli/subcommands';
import type { CompletionResult, EngineInfo } from '../../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';
import { sparsek } from './capture';
import { useCacheFolder } from './useCacheFolder';

describe('the command line', () => {
  useCacheFolder();
  let directory: TemporaryDirectory | undefined;
  const path = (name: string) => {
    if (directory === undefined) throw new Error('The folder is asked for before the suite runs.');
    return join(directory.path, name);
  };
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(path('model'));
  });
  after(() => directory?.remove());

  async function complete(name: string, content: string | Uint8Array, place: string, ...more: string[]) {
    await writeFile(path(name), content);
    const answer = await sparsek('complete', `${path(name)}:${place}`, '--json', '--model', path('model'), ...more);
    return { code: answer.code, notes: answer.notes, result: answer.result === '' ? undefined : JSON.parse(answer.result) as CompletionResult };
  }

  it('teaches without arguments and with --help, for every command', async () => {
    assert.equal((await sparsek()).code, 2);
    const { code, result } = await sparsek('--help');
    assert.equal(code, 0);
    for (const { name, usage } of subcommands) {
      assert.ok(result.includes(usage));
      const help = await sparsek(name, '--help');
      assert.equal(help.code, 0);
      assert.ok(help.result.startsWith(`Usage: sparsek ${usage}`));
    }
  });

  it('completes in a file and counts tokens, time and memory', async () => {
    const { code, result } = await complete('a.ts', 'const a = 1;\nreturn \n', '2:8', '--max-tokens', '5');
    assert.ok(result);
    assert.ok(code === 0 || code === 3);
    assert.deepEqual(Object.keys(result), ['text', 'outcome', 'tokens', 'milliseconds', 'memory']);
    assert.deepEqual(Object.keys(result.tokens), ['read', 'reused', 'generated', 'accepted']);
    assert.ok(result.tokens.read > 5 && result.tokens.generated <= 5);
    assert.ok(result.milliseconds.load > 0 && result.milliseconds.total > 0);
    assert.ok(result.memory.keyValueBytes > 0 && result.memory.window > 0);
  });

  it('reads UTF-8 and UTF-16 with a byte order mark alike', async () => {
    const text = 'const ä = 1;\nreturn ';
    const plain = await complete('a.ts', text, '2:8');
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf16le').swap16()]) {
      const other = await complete('a.ts', bytes, '2:8');
      assert.deepEqual([other.result?.text, other.result?.tokens], [plain.result?.text, plain.result?.tokens]);
    }
  });

  it('says why a file is unreadable', async () => {
    const binary = await complete('a.bin', Buffer.from([1, 0, 2]), '1:1');
    assert.equal(binary.result?.outcome.kind, 'unreadable');
    assert.equal(binary.code, 3);
    const latin1 = await complete('b.ts', Buffer.from('Größe', 'latin1'), '1:1');
    assert.equal(latin1.result?.outcome.kind, 'unreadable');
    assert.match(JSON.stringify(latin1.result), /UTF-8/);
  });

  it('says what is wrong with arguments, and what to do', async () => {
    await writeFile(path('a.ts'), 'x\n');
    const cases: [string[], number, RegExp][] = [
      [['complte'], 2, /complete/],
      [['complete'], 2, /FILE:LINE:COL/],
      [['complete', `${path('a.ts')}:9:1`, '--model', path('model')], 2, /lines 1 to 2/],
      [['complete', `${path('a.ts')}:1:1`, '--fast'], 2, /--fast/],
      [['complete', `${path('a.ts')}:1:1`, '--max-tokens', 'many'], 2, /many/],
      [['complete', `${path('none.ts')}:1:1`], 1, /none\.ts/],
      [['complete', `${path('')}:1:1`], 1, /cannot be read/],
      [['info', '--memory', '0', '--model', path('model')], 1, /at least \d+ MB/],
      [['info', 'x'], 2, /one argument too many/],
    ];
    for (const [args, expected, message] of cases) {
      const { code, notes } = await sparsek(...args);
      assert.equal(code, expected, `${args.join(' ')}: ${notes}`);
      assert.match(notes, message);
    }
  });

  it('describes model, device and memory', async () => {
    const { code, result } = await sparsek('info', '--json', '--model', path('model'));
    const info = JSON.parse(result) as EngineInfo;
    assert.equal(code, 0);
    assert.equal(info.model.name, 'tiny');
    assert.equal(info.device.kind, 'cpu');
    assert.ok(info.memory.keyValueBytes > 0 && info.memory.slots > info.memory.entries);
    assert.match((await sparsek('info', '--model', path('model'))).result, /Tiny random model/);
  });
});
