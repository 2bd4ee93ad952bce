import assert from 'node:assert/strict';
import { DoNotRead } from '../../../../src/features/complete/doNotRead';
import { whySilent, type GateSettings, type Place } from '../../../../src/features/complete/gate';

describe('where completions are silent', () => {
  const place: Place = { scheme: 'file', paths: ['/a/b.ts'], languageId: 'typescript', isWritable: true, cursors: 1, characters: 100 };
  const settings: GateSettings = { enable: true, languages: { '*': true }, doNotRead: new DoNotRead(['.env']) };

  it('is nowhere in an ordinary file', () => {
    for (const scheme of ['file', 'untitled', 'vscode-remote', 'vscode-notebook-cell']) {
      assert.equal(whySilent({ ...place, scheme }, settings), undefined);
    }
  });

  const silent: readonly [string, Partial<Place>, Partial<GateSettings>, RegExp][] = [
    ['when switched off', {}, { enable: false }, /sparsek\.enable/],
    ['in a language that is switched off', {}, { languages: { '*': true, typescript: false } }, /"typescript"/],
    ['in a language that is not named when only named ones are on', {}, { languages: { '*': false, python: true } }, /"typescript"/],
    ['in an output pane', { scheme: 'output' }, {}, /"output"/],
    ['in a commit message', { scheme: 'vscode-scm' }, {}, /"vscode-scm"/],
    ['in a file that must not be read', { paths: ['/a/.env'] }, {}, /"\.env"/],
    ['in a link to a file that must not be read', { paths: ['/a/settings.txt', '/b/.env'] }, {}, /"\.env"/],
    ['in a read-only document', { isWritable: false }, {}, /read-only/],
    ['with several cursors', { cursors: 2 }, {}, /several cursors/],
  ];
  for (const [name, differing, settingsDiffering, reason] of silent) {
    it(`is ${name}`, () => {
      const outcome = whySilent({ ...place, ...differing }, { ...settings, ...settingsDiffering })?.outcome;
      assert.ok(outcome?.kind === 'disabled');
      assert.match(outcome.reason, reason);
    });
  }

  it('takes a document back from the engine for what was decided, not for what passes', () => {
    assert.equal(whySilent({ ...place, paths: ['/a/.env'], cursors: 2 }, settings)?.takeBack, true);
    assert.equal(whySilent(place, { ...settings, enable: false })?.takeBack, true);
    assert.equal(whySilent({ ...place, cursors: 2 }, settings)?.takeBack, false);
  });

  it('is in a document that is too long for one message', () => {
    assert.equal(whySilent({ ...place, characters: 50_000_000 }, settings)?.outcome.kind, 'unreadable');
  });
});
