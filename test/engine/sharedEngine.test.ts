import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InitializeRequest } from '../../src/protocol';
import { isRunning, untilEnded } from '../fixtures/processes';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { firstLine } from './engineProcess';
import { openWindow, windowProgram, type SharingWindow } from './sharingWindow';
import { tinyRequest } from './tinyEngine';

describe('the engine that all windows share', function () {
  this.timeout(90_000);
  let pack: TemporaryDirectory;
  let meeting: string;
  const runtimeFolder = process.env['XDG_RUNTIME_DIR'];
  const windows: SharingWindow[] = [];
  const processes: ChildProcess[] = [];

  before(async () => {
    pack = await temporaryDirectory();
    await writeTinyPack(pack.path);
    // Short: it is the beginning of a socket's path.
    meeting = await mkdtemp(join(tmpdir(), 'meet-'));
    process.env['XDG_RUNTIME_DIR'] = meeting;
  });
  after(async () => {
    if (runtimeFolder === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = runtimeFolder;
    await pack.remove();
    await rm(meeting, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    const engines = new Set<number>();
    for (const { client } of windows.splice(0)) {
      if (client.processId !== undefined) engines.add(client.processId);
      client.dispose();
    }
    for (const engine of engines) await untilEnded(engine, 15_000);
  });

  const request = (): InitializeRequest => ({ ...tinyRequest(pack.path), storeBudgetMegabytes: 0 });
  function open(more: Partial<InitializeRequest> = {}): SharingWindow {
    const window = openWindow({ ...request(), ...more });
    windows.push(window);
    return window;
  }
  async function openThree(): Promise<SharingWindow[]> {
    const three = [open(), open(), open()];
    for (const { client } of three) client.start();
    await Promise.all(three.map((window) => window.until('ready')));
    return three;
  }
  const engineOf = ({ client: { processId } }: SharingWindow): number => {
    assert.ok(processId !== undefined);
    return processId;
  };
  const isAnswered = async (window: SharingWindow, text: string) => {
    const { outcome, tokens } = await window.complete(text);
    assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), JSON.stringify(outcome));
    assert.ok(tokens.read > 0);
  };
  async function openProcess(): Promise<{ child: ChildProcess; engine: number }> {
    const child = spawn(process.execPath, [windowProgram, JSON.stringify(request())], { stdio: ['ignore', 'pipe', 'inherit'] });
    processes.push(child);
    return { child, engine: Number(await firstLine(child)) };
  }

  it('is one process for three windows that start at once, and another after it is killed, in which all three go on', async () => {
    const three = await openThree();
    const [engine] = new Set(three.map(engineOf));
    assert.deepEqual(new Set(three.map(engineOf)).size, 1);
    await Promise.all(three.map((window, i) => isAnswered(window, `const value${i} = `)));
    const asked = three.map((window) => window.complete('const killed = '.repeat(500)));
    process.kill(engine, 'SIGKILL');
    for (const answer of await Promise.all(asked)) assert.ok(['not-ready', 'completed', 'empty', 'filtered'].includes(answer.outcome.kind), answer.outcome.kind);
    await Promise.all(three.map((window) => window.untilAnother(engine)));
    await Promise.all(three.map((window, i) => isAnswered(window, `const again${i} = `)));
    assert.equal(new Set(three.map(engineOf)).size, 1);
    assert.notEqual(engineOf(three[0]), engine);
    for (const { seen } of three) assert.deepEqual(seen, ['starting', 'ready', 'restarting', 'starting', 'ready']);
  });

  it('is restarted by one window, which the others do not take for a crash', async () => {
    const three = await openThree();
    const engine = engineOf(three[0]);
    // It has another session from then on; the old one's requests are over.
    three[1].client.restart();
    await untilEnded(engine);
    await Promise.all(three.map((window) => window.untilAnother(engine)));
    await Promise.all(three.map((window, i) => isAnswered(window, `const restarted${i} = `)));
    assert.equal(new Set(three.map(engineOf)).size, 1);
    for (const { seen } of three) assert.deepEqual(seen, ['starting', 'ready', 'starting', 'ready']);
  });

  it('stays for the others when windows leave, and ends when the last one is switched off', async () => {
    const three = await openThree();
    const engine = engineOf(three[0]);
    three[0].client.dispose();
    three[1].client.stop();
    await isAnswered(three[2], 'const still = ');
    three[1].client.start();
    await three[1].until('ready');
    assert.equal(engineOf(three[1]), engine);
    three[1].client.stop();
    three[2].client.stop();
    await untilEnded(engine);
  });

  it('is there still for a window that is loaded anew', async () => {
    const first = open();
    first.client.start();
    await first.until('ready');
    const engine = engineOf(first);
    first.client.dispose();
    const second = open();
    second.client.start();
    await second.until('ready');
    assert.equal(engineOf(second), engine);
  });

  it('outlives the window that started it, killed or not, and ends when nobody is left', async () => {
    const starter = await openProcess();
    const other = open();
    other.client.start();
    await other.until('ready');
    assert.equal(engineOf(other), starter.engine);
    starter.child.kill('SIGKILL');
    assert.ok(starter.child.pid !== undefined);
    await untilEnded(starter.child.pid);
    await isAnswered(other, 'const alone = ');
    assert.ok(isRunning(starter.engine));
    other.client.dispose();
    await untilEnded(starter.engine, 15_000);
  });

  it('ends when the only window is killed with SIGKILL', async () => {
    const { child, engine } = await openProcess();
    assert.ok(isRunning(engine));
    child.kill('SIGKILL');
    await untilEnded(engine, 15_000);
  });

  it('ends when nobody has used it for a while, and comes back with the next edit, with what is open', async () => {
    const two = [open({ idleMinutes: 0.05 }), open({ idleMinutes: 0.05 })];
    for (const { client } of two) client.start();
    await Promise.all(two.map((window) => window.until('ready')));
    const engine = engineOf(two[0]);
    await isAnswered(two[0], 'const kept = ');
    await Promise.all(two.map((window) => window.until('stopped')));
    await untilEnded(engine);
    for (const { client, seen } of two) {
      assert.deepEqual(client.state, { kind: 'stopped', isUnloaded: true });
      assert.deepEqual(seen, ['starting', 'ready', 'stopped'], 'it is no crash');
    }
    two[0].client.changeDocument({ uri: 'file:///other.ts', version: 2, edits: [] });
    two[1].client.changeDocument({ uri: 'file:///a.ts', version: 2, edits: [] });
    for (const { client } of two) assert.equal(client.state.kind, 'stopped', 'nobody typed in what it held');
    two[0].client.changeDocument({ uri: 'file:///a.ts', version: 2, edits: [] });
    await two[0].until('ready');
    await isAnswered(two[0], 'const kept = ');
    await isAnswered(two[1], 'const other = ');
    assert.equal(engineOf(two[0]), engineOf(two[1]));
  });

  it('is not the only one that ends when it is not used: so does one that a window has for itself', async () => {
    const window = openWindow({ ...request(), idleMinutes: 0.03 }, undefined, false);
    windows.push(window);
    await isAnswered(window, 'const own = ');
    const engine = engineOf(window);
    await window.until('stopped');
    await untilEnded(engine);
    assert.deepEqual(window.client.state, { kind: 'stopped', isUnloaded: true });
    await isAnswered(window, 'const own = ');
  });

  it('goes on when somebody sends it what is no message', async () => {
    const window = open();
    window.client.start();
    await window.until('ready');
    const folder = join(meeting, `sparsek-${process.getuid?.() ?? ''}`);
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sock'))) {
      for (const nonsense of ['no message\r\n\r\n', 'Content-Length: 7\r\n\r\n{"oops"', 'Content-Length: -1\r\n\r\n', '\0'.repeat(100_000)]) {
        const socket = connect(join(folder, name));
        socket.on('error', () => undefined).resume();
        socket.end(nonsense);
        await once(socket, 'close');
      }
    }
    await isAnswered(window, 'const unmoved = ');
    assert.deepEqual(window.seen, ['starting', 'ready']);
  });

  it('is another one for another budget', async () => {
    const [some, more] = [open(), open({ memoryBudgetMegabytes: 150 })];
    for (const window of [some, more]) {
      window.client.start();
      await window.until('ready');
    }
    assert.notEqual(engineOf(some), engineOf(more));
  });

  it('says in the log of the window that starts it what it printed before it failed', async () => {
    const window = openWindow(request(), join(import.meta.dirname, '../unit/client/programs/crashes.mjs'));
    windows.push(window);
    window.client.start();
    const state = await window.until('restarting');
    assert.ok(state.kind === 'restarting');
    assert.match(state.because, /exit code 3/);
    assert.ok(window.log.lines.includes('warn Engine: nothing goes right'), window.log.lines.join('\n'));
  });
});
