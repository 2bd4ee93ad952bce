import assert from 'node:assert/strict';
import { silentResult, type EngineState } from '../../../src/client';
import { statusText } from '../../../src/features/status/statusText';
import type { EngineInfo } from '../../../src/protocol';

describe('status text', () => {
  const info: EngineInfo = {
    protocolVersion: 1,
    engineVersion: '0.1.0',
    node: 'v20.19.0',
    executable: '/usr/bin/node',
    model: { name: 'm', displayName: 'The Model', packVersion: '', layers: 1, width: 1, queryHeads: 1, keyValueHeads: 1, headDim: 1, vocabulary: 1, weightBytes: 1 },
    device: { kind: 'cpu', name: 'CPU', threads: 2, reason: 'It is always there.' },
    memory: { entries: 1024, window: 512, slots: 2064, keyValueBytes: 50_724_864, readAheadBytes: 50_724_864, checkpointBytes: 0, segmentBytes: 0 },
    conversation: { entries: 1024, window: 1024, slots: 2064, keyValueBytes: 1 },
    loadMilliseconds: 1,
  };
  const ready: EngineState = { kind: 'ready', info };
  const show = (engine: EngineState, more = {}) => statusText({ engine, enabled: true, completing: false, last: undefined, readingIsPaused: false, workspace: [], leftOut: [], ...more });

  it('is off when completions are, whatever the engine does', () => {
    assert.equal(show(ready, { enabled: false }).kind, 'off');
  });

  it('tells that reading is paused, though not while a completion is waited for', () => {
    const status = show(ready, { readingIsPaused: true, reading: { uri: 'a', read: 10, tokens: 100 } });
    assert.equal(status.kind, 'paused');
    assert.match(status.tooltip.join('\n'), /Reading in the background is paused/);
    assert.equal(show(ready, { readingIsPaused: true, completing: true }).kind, 'completing');
  });

  it('tells that the model was unloaded, and what brings it back', () => {
    const status = show({ kind: 'stopped', isUnloaded: true });
    assert.equal(status.kind, 'unloaded');
    assert.match(status.tooltip[0], /comes back with the next edit/);
    assert.notEqual(show({ kind: 'stopped' }).text, status.text);
  });

  it('tells how far the model has loaded', () => {
    const status = show({ kind: 'starting', progress: { stage: 'verifying', fraction: 0.42, detail: '' } });
    assert.equal(status.kind, 'starting');
    assert.deepEqual(status.tooltip, ['Checking the model: 42 %']);
  });

  it('tells model, device and bounded memory when ready', () => {
    const status = show(ready);
    assert.equal(status.kind, 'ready');
    assert.deepEqual(status.tooltip, ['The Model on CPU. It is always there.', 'Memory: 50.7 MB of keys and values at any length of file']);
  });

  it('tells how far the folders are read, and which are not and why', () => {
    const reading = { folder: '/home/me/app', files: 400, segments: 900, skipped: 7, done: false };
    const { tooltip } = show(ready, {
      workspace: [reading, { ...reading, folder: '/home/me/lib', done: true }],
      leftOut: [{ name: 'web', reason: { kind: 'no-files', scheme: 'vscode-vfs' } }],
    });
    assert.deepEqual(tooltip.slice(2), [
      'Reading app: 400 files so far',
      'lib: 400 files in 900 segments; 7 files and folders are not read',
      'Other files of the folder "web" are not read: it is no folder on a disk ("vscode-vfs").',
    ]);
  });

  it('tells how far the open file is read', () => {
    const { tooltip } = show(ready, { reading: { uri: 'file:///a', read: 4096, tokens: 27_000 } });
    assert.equal(tooltip.at(2), 'Reading the open file while you pause: 4096 of 27000 tokens');
  });

  it('tells that the model is at work', () => {
    assert.equal(show(ready, { completing: true }).kind, 'completing');
  });

  it('tells what is read beside the work for a person, and how much of it', () => {
    const folder = { folder: '/home/me/app', files: 312, filesInAll: 800, segments: 900, skipped: 7, done: false };
    assert.deepEqual([show(ready, { workspace: [folder] }).kind, show(ready, { workspace: [folder] }).text], ['reading', '$(book) SparseK 312 of 800 files']);
    assert.equal(show(ready, { workspace: [folder] }).tooltip.at(-1), 'Reading app: 312 of 800 files');
    assert.equal(show(ready, { workspace: [folder], reading: { uri: 'file:///a', read: 512, tokens: 1024 } }).text, '$(book) SparseK 50 %');
    assert.equal(show(ready, { workspace: [folder], completing: true }).kind, 'completing');
    assert.equal(show(ready, { workspace: [{ ...folder, done: true }] }).kind, 'ready');
  });

  it('tells what the last request reused, read and wrote', () => {
    const result = { ...silentResult({ kind: 'completed' }), tokens: { reused: 2300, read: 4, generated: 9, accepted: 3 }, memory: { keyValueBytes: 5e7, entries: 1024, window: 600 } };
    const last = { path: 'a', line: 1, milliseconds: 181.4, result };
    assert.equal(show(ready, { last }).tooltip[2], 'Last request: reused 2300 tokens, read 4, wrote 9 in 181 ms');
    assert.equal(show(ready, { last: { ...last, result: silentResult({ kind: 'empty' }) } }).tooltip.some((line) => line.startsWith('Last request')), false);
  });

  it('tells why the last question got no answer', () => {
    const last = { path: 'a', line: 1, milliseconds: 1, result: silentResult({ kind: 'empty' }) };
    assert.equal(show(ready, { last }).tooltip.at(-1), 'Last silence: The model had nothing to add.');
  });

  it('names what is wrong and tells what to do', () => {
    const problem = { code: 'model-missing', what: 'There is no model.', meaning: 'Nothing works.', remedy: 'Fetch it.' } as const;
    const status = show({ kind: 'failed', problem });
    assert.equal(status.kind, 'error');
    assert.match(status.text, /model files missing/);
    assert.deepEqual(status.tooltip, ['There is no model. Nothing works. Fetch it.']);
  });

  it('says "ready" of nothing but a ready engine', () => {
    for (const state of [{ kind: 'stopped' }, { kind: 'starting' }, { kind: 'restarting', because: 'It ended.' }] as const) {
      assert.notEqual(show(state).kind, 'ready');
    }
  });
});
