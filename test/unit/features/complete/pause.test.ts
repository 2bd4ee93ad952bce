import assert from 'node:assert/strict';
import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import { pause } from '../../../../src/features/complete/pause';

describe('pause', () => {
  it('is over after its time', async () => {
    const start = performance.now();
    assert.equal(await pause(20, CancellationToken.None), true);
    assert.ok(performance.now() - start >= 18);
  });

  it('ends at once when it is cancelled', async () => {
    const source = new CancellationTokenSource();
    const over = pause(60_000, source.token);
    source.cancel();
    assert.equal(await over, false);
    assert.equal(await pause(60_000, source.token), false);
  });
});
