import assert from 'node:assert/strict';
import { RestartPolicy } from '../../../src/client/restartPolicy';

describe('restart policy', () => {
  const limits = { pauses: [10, 100, 1_000], memory: 60_000 };

  it('pauses longer after each crash, then gives up', () => {
    const policy = new RestartPolicy(limits);
    const decisions = [0, 1, 2, 3].map((now) => policy.afterCrash(now));
    assert.deepEqual(decisions, [
      { kind: 'restart', afterMilliseconds: 10 },
      { kind: 'restart', afterMilliseconds: 100 },
      { kind: 'restart', afterMilliseconds: 1_000 },
      { kind: 'give-up' },
    ]);
  });

  it('forgets crashes of long ago', () => {
    const policy = new RestartPolicy(limits);
    for (const now of [0, 1, 2]) policy.afterCrash(now);
    assert.deepEqual(policy.afterCrash(60_003), { kind: 'restart', afterMilliseconds: 10 });
  });

  it('never gives up on an engine that crashes once a minute', () => {
    const policy = new RestartPolicy(limits);
    for (let minute = 0; minute < 100; minute++) assert.equal(policy.afterCrash(minute * 60_000).kind, 'restart');
  });

  it('starts anew when a person asked for a restart', () => {
    const policy = new RestartPolicy(limits);
    for (const now of [0, 1, 2, 3]) policy.afterCrash(now);
    policy.forget();
    assert.deepEqual(policy.afterCrash(4), { kind: 'restart', afterMilliseconds: 10 });
  });
});
