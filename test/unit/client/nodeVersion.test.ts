import assert from 'node:assert/strict';
import { askNodeVersion, isAtLeast, parseNodeVersion } from '../../../src/client/nodeVersion';

describe('node version', () => {
  it('is read with and without the leading letter', () => {
    assert.deepEqual(parseNodeVersion('v20.19.1\n'), { major: 20, minor: 19 });
    assert.deepEqual(parseNodeVersion('24.0.0'), { major: 24, minor: 0 });
  });

  it('is not read out of other text', () => {
    assert.equal(parseNodeVersion('Python 3.11.2'), undefined);
    assert.equal(parseNodeVersion(''), undefined);
  });

  it('compares the minor number only within the same major', () => {
    const oldest = { major: 20, minor: 19 };
    assert.equal(isAtLeast({ major: 20, minor: 18 }, oldest), false);
    assert.equal(isAtLeast({ major: 20, minor: 19 }, oldest), true);
    assert.equal(isAtLeast({ major: 22, minor: 1 }, oldest), true);
    assert.equal(isAtLeast({ major: 18, minor: 30 }, oldest), false);
  });

  it('is what the executable answers', async () => {
    assert.equal(await askNodeVersion(process.execPath), process.version);
  });

  it('refuses an executable that is not Node, saying so', async () => {
    await assert.rejects(askNodeVersion('/bin/ls'), /does not answer --version as Node does/);
  });
});
