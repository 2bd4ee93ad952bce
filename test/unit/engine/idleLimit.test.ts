import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { IdleLimit } from '../../../src/engine/idleLimit';

/** 60 ms. */
const minutes = 0.001;

describe('the limit of an engine that is not used', () => {
  it('passes once nothing was used for so long, and not while something is', async () => {
    let told = 0;
    const limit = new IdleLimit(() => { told++; });
    limit.set(minutes);
    let done: () => void = () => undefined;
    const work = limit.during(new Promise<void>((resolve) => { done = resolve; }));
    await wait(150);
    limit.touch();
    await wait(150);
    assert.equal(told, 0);
    done();
    await work;
    await wait(200);
    assert.equal(told, 1);
    limit.dispose();
  });

  it('counts from the last use', async () => {
    let told = 0;
    const limit = new IdleLimit(() => { told++; });
    limit.set(minutes * 10);
    for (let i = 0; i < 10; i++) {
      await wait(100);
      limit.touch();
    }
    assert.equal(told, 0);
    limit.dispose();
    await wait(700);
    assert.equal(told, 0);
  });

  it('never passes where there is none', async () => {
    const limit = new IdleLimit(() => assert.fail('There is no limit.'));
    limit.touch();
    limit.set(0);
    await wait(100);
    limit.dispose();
  });

  it('is not held up by work that failed', async () => {
    let told = 0;
    const limit = new IdleLimit(() => { told++; });
    limit.set(minutes);
    await assert.rejects(limit.during(Promise.reject(new Error('failed'))));
    await wait(200);
    assert.equal(told, 1);
    limit.dispose();
  });
});
