import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { settleOnCancel } from '../../../src/client/settleOnCancel';

describe('settle on cancel', () => {
  const never = new Promise<string>(() => undefined);
  const options = { cancelled: 'cancelled', grace: 20, onOverdue: () => assert.fail('nobody is overdue') };
  const patient = { ...options, grace: 60_000, onOverdue: () => undefined };

  it('settles with the answer when nobody cancels', async () => {
    const { token } = new CancellationTokenSource();
    assert.equal(await settleOnCancel(Promise.resolve('answer'), token, options), 'answer');
  });

  it('settles at once when it is cancelled, without the answer', async () => {
    const source = new CancellationTokenSource();
    const settled = settleOnCancel(never, source.token, patient);
    source.cancel();
    assert.equal(await settled, 'cancelled');
  });

  it('settles at once when it was cancelled before', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    assert.equal(await settleOnCancel(never, source.token, patient), 'cancelled');
  });

  it('says when the other side does not wind up a cancelled request in time', async () => {
    const source = new CancellationTokenSource();
    const overdue = new Promise<string>((resolve) => {
      void settleOnCancel(never, source.token, { ...options, onOverdue: () => resolve('overdue') });
    });
    source.cancel();
    assert.equal(await overdue, 'overdue');
  });

  it('says so once where the request was cancelled before it was watched', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    let told = 0;
    void settleOnCancel(never, source.token, { ...options, grace: 5, onOverdue: () => told++ });
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(told, 1);
  });

  it('says nothing when it winds up in time', async () => {
    const source = new CancellationTokenSource();
    const answer = new Promise<string>((resolve) => setTimeout(resolve, 5, 'late'));
    const settled = settleOnCancel(answer, source.token, options);
    source.cancel();
    assert.equal(await settled, 'cancelled');
    await new Promise((resolve) => setTimeout(resolve, 40));
  });
});
