import assert from 'node:assert/strict';
import { chooseFolders, describeLeftOut, type FolderCandidate } from '../../../../src/features/workspace/chooseFolders';

describe('the folders that the engine may read', () => {
  const folder = (path: string, differing: Partial<FolderCandidate> = {}): FolderCandidate => (
    { name: path.slice(path.lastIndexOf('/') + 1), scheme: 'file', path, doNotRead: ['.env', '.ssh'], ...differing }
  );

  it('are all on a disk, each with the globs that hold in it', () => {
    const choice = chooseFolders([folder('/home/me/app'), folder('/home/me/lib', { doNotRead: ['*.key'] })], true);
    assert.deepEqual(choice, {
      folders: [{ folder: '/home/me/app', doNotRead: ['.env', '.ssh'] }, { folder: '/home/me/lib', doNotRead: ['*.key'] }],
      leftOut: [],
    });
  });

  it('are none while the workspace is not trusted, and that is said', () => {
    const { folders, leftOut } = chooseFolders([folder('/home/me/app')], false);
    assert.deepEqual(folders, []);
    assert.deepEqual(leftOut.map(({ reason }) => reason.kind), ['not-trusted']);
    assert.equal(describeLeftOut(leftOut[0]), 'Other files of the folder "app" are not read: it is not trusted.');
  });

  it('are not those that lie on no disk, or that must not be read themselves', () => {
    const { folders, leftOut } = chooseFolders([folder('/app', { scheme: 'vscode-vfs' }), folder('/home/me/.ssh'), folder('/home/me/app')], true);
    assert.deepEqual(folders.map((one) => one.folder), ['/home/me/app']);
    assert.deepEqual(leftOut.map(({ reason }) => reason), [{ kind: 'no-files', scheme: 'vscode-vfs' }, { kind: 'do-not-read', glob: '.ssh' }]);
  });
});
