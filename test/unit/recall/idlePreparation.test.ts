import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { IdlePreparation, type PreparedPlace } from '../../../src/engine/recall';

const quiet = 650;
const place = (offset: number) => ({ uri: 'a', offset });
const answered = () => Promise.resolve('answer');

describe('IdlePreparation', () => {
  /** Prepares in endless steps of 5 ms, as between runs of a model, until it is aborted. */
  class Steps {
    readonly started: number[] = [];
    aborted = 0;
    steps = 0;

    readonly prepare = async ({ offset }: PreparedPlace, signal: AbortSignal): Promise<void> => {
      this.started.push(offset);
      while (!signal.aborted) {
        this.steps++;
        await wait(5);
      }
      this.aborted++;
      signal.throwIfAborted();
    };
  }
  const noFailure = (error: unknown) => { throw error; };

  it('prepares the place of the last request once it has been quiet for a while', async () => {
    const steps = new Steps();
    const idle = new IdlePreparation(steps.prepare, noFailure);
    assert.equal(await idle.around(place(1), answered), 'answer');
    await wait(100);
    await idle.around(place(2), answered);
    assert.deepEqual(steps.started, []);
    await wait(quiet);
    assert.deepEqual(steps.started, [2]);
    await idle.close();
  });

  it('does nothing while a request runs, and stops when one or an edit arrives', async () => {
    const steps = new Steps();
    const idle = new IdlePreparation(steps.prepare, noFailure);
    await idle.around(place(1), answered);
    await wait(quiet);
    assert.equal(steps.aborted, 0);
    await idle.around(place(2), async () => {
      await wait(20);
      const { steps: before } = steps;
      await wait(quiet);
      assert.equal(steps.steps, before);
      assert.equal(steps.aborted, 1);
      return 'answer';
    });
    await wait(quiet);
    idle.postpone();
    await wait(20);
    assert.equal(steps.aborted, 2);
    assert.deepEqual(steps.started, [1, 2]);
    await idle.close();
  });

  it('holds up what waits for quiet until it is quiet', async () => {
    const idle = new IdlePreparation(() => Promise.resolve(), noFailure);
    await idle.whenIdle();
    let passed = false;
    await idle.around(place(1), async () => {
      void idle.whenIdle().then(() => { passed = true; });
      await wait(20);
      assert.ok(!passed);
    });
    await wait(20);
    assert.ok(!passed);
    await wait(quiet);
    assert.ok(passed);
    await idle.close();
  });

  it('lets what is closed wait no longer', async () => {
    const idle = new IdlePreparation(() => Promise.resolve(), noFailure);
    const closing = new AbortController();
    await idle.around(place(1), async () => {
      const waiting = idle.whenIdle(closing.signal);
      closing.abort();
      await waiting;
      await idle.whenIdle(closing.signal);
    });
    await idle.close();
  });

  it('forgets some places: ends what is prepared there, and nothing else', async () => {
    const steps = new Steps();
    const idle = new IdlePreparation(steps.prepare, noFailure);
    await idle.around(place(1), answered);
    await wait(quiet);
    await idle.forget(({ offset }) => offset === 2);
    assert.equal(steps.aborted, 0);
    await idle.forget(({ offset }) => offset === 1);
    assert.equal(steps.aborted, 1);
    await wait(quiet);
    assert.deepEqual(steps.started, [1]);
    await idle.close();
  });

  it('ends at once, whatever waits', async () => {
    const steps = new Steps();
    const idle = new IdlePreparation(steps.prepare, noFailure);
    await idle.around(place(1), answered);
    await wait(quiet);
    const waiting = idle.around(place(2), () => idle.whenIdle());
    await idle.close();
    await waiting;
    await wait(quiet);
    assert.deepEqual(steps.started, [1]);
  });

  it('tells a failure once and prepares nothing more', async () => {
    const failures: unknown[] = [];
    const idle = new IdlePreparation(() => Promise.reject(new Error('gone')), (error) => failures.push(error));
    for (const offset of [1, 2]) {
      await idle.around(place(offset), answered);
      await wait(quiet);
    }
    assert.equal(failures.length, 1);
    await idle.close();
  });
});
