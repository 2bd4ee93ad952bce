import assert from 'node:assert/strict';
import { RequestQueue } from '../../../src/engine/requestQueue';

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) => new Promise<string>((resolve) => {
  if (signal.aborted) resolve('aborted');
  signal.addEventListener('abort', () => resolve('aborted'));
});

describe('RequestQueue', () => {
  it('runs one task at a time, in order', async () => {
    const queue = new RequestQueue();
    const events: string[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`${name} ends`);
    };
    await Promise.all([queue.run('a', never, task('first')), queue.run('b', never, task('second'))]);
    assert.deepEqual(events, ['first starts', 'first ends', 'second starts', 'second ends']);
  });

  it('aborts older tasks of the same document, also those that have not started, and no others', async () => {
    const queue = new RequestQueue();
    const other = new AbortController();
    const running = queue.run('a', never, untilAborted);
    const elsewhere = queue.run('b', other.signal, untilAborted);
    const waiting = queue.run('a', never, untilAborted);
    const newest = queue.run('a', never, (signal) => Promise.resolve(signal.aborted ? 'aborted' : 'answered'));
    assert.equal(await running, 'aborted');
    other.abort();
    assert.equal(await elsewhere, 'aborted');
    assert.equal(await waiting, 'aborted');
    assert.equal(await newest, 'answered');
  });

  it('aborts what is done in a pause for whatever comes next, and waits until it has settled', async () => {
    const queue = new RequestQueue();
    const paused = queue.runInPause(never, untilAborted);
    const waiting = queue.runInPause(never, untilAborted);
    let settled = false;
    void waiting.then(() => { settled = true; });
    assert.equal(await queue.run('a', never, () => Promise.resolve(settled)), true);
    assert.deepEqual(await Promise.all([paused, waiting]), ['aborted', 'aborted']);
    const last = queue.runInPause(never, untilAborted);
    await queue.close();
    assert.equal(await last, 'aborted');
  });

  it('gives owners their turns, however much one of them asks', async () => {
    const queue = new RequestQueue();
    const order: string[] = [];
    const ask = (owner: string, name: string) => queue.run(name, never, () => Promise.resolve(order.push(`${owner}${name}`)), owner);
    await Promise.all([...['1', '2', '3', '4'].map((name) => ask('a', name)), ask('b', '1'), ask('c', '1'), ask('b', '2')]);
    assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('takes documents of the same name for different ones when their owners are, and what is done in pauses for nobody\'s', async () => {
    const queue = new RequestQueue();
    const paused = queue.runInPause(never, untilAborted, 'a');
    const first = queue.run('same', never, (signal) => Promise.resolve(signal.aborted), 'a');
    const second = queue.run('same', never, (signal) => Promise.resolve(signal.aborted), 'b');
    assert.deepEqual(await Promise.all([paused, first, second]), ['aborted', false, false]);
  });

  it('aborts what one owner asked when it leaves, and nothing else', async () => {
    const queue = new RequestQueue();
    const other = new AbortController();
    const leaving = [queue.run('1', never, untilAborted, 'a'), queue.run('2', never, untilAborted, 'a')];
    const staying = queue.run('1', other.signal, untilAborted, 'b');
    const left = queue.leave('a');
    assert.equal(await leaving[0], 'aborted');
    other.abort();
    await left;
    assert.deepEqual(await Promise.all([leaving[1], staying]), ['aborted', 'aborted']);
  });

  it('goes on after a task that failed', async () => {
    const queue = new RequestQueue();
    await assert.rejects(queue.run('a', never, () => Promise.reject(new Error('failed'))), /failed/);
    assert.equal(await queue.run('a', never, () => Promise.resolve(1)), 1);
  });

  it('aborts everything when it is closed, and waits until nothing runs', async () => {
    const queue = new RequestQueue();
    const open = [queue.run('a', never, untilAborted), queue.run('b', never, untilAborted)];
    await queue.close();
    assert.deepEqual(await Promise.all(open), ['aborted', 'aborted']);
  });
});
