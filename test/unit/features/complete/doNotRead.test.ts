import assert from 'node:assert/strict';
import { DoNotRead } from '../../../../src/features/complete/doNotRead';
import { defaultDoNotRead } from '../../../../src/protocol';

describe('do not read', () => {
  const byDefault = new DoNotRead(defaultDoNotRead);

  for (const path of [
    '/home/a/project/.env',
    '/home/a/project/.env.production',
    '/home/a/project/config/Server.KEY',
    '/home/a/project/tls/cert.pem',
    '/home/a/.ssh/config',
    '/home/a/.aws/credentials',
    '/C:/Users/a/.npmrc',
    '.env',
  ]) {
    it(`forbids ${path} by default`, () => assert.ok(byDefault.forbiddenBy(path)));
  }

  for (const path of ['/home/a/project/src/environment.ts', '/home/a/project/keyboard.ts', '/home/a/project/README.md', 'Untitled-1']) {
    it(`allows ${path} by default`, () => assert.equal(byDefault.forbiddenBy(path), undefined));
  }

  it('compares a glob with a slash with the whole path', () => {
    const globs = new DoNotRead(['**/private/**', 'notes/*.md']);
    assert.equal(globs.forbiddenBy('/a/private/b/c.ts'), '**/private/**');
    assert.equal(globs.forbiddenBy('/notes/a.md'), 'notes/*.md');
    assert.equal(globs.forbiddenBy('/a/notes/a.md'), undefined);
  });

  it('takes a leading exclamation mark as part of a name, not as everything else', () => {
    assert.equal(new DoNotRead(['!a.ts']).forbiddenBy('/b.ts'), undefined);
  });
});
