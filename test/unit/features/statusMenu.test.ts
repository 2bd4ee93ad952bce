import assert from 'node:assert/strict';
import { commands } from '../../../src/features/commands';
import { menuGroups } from '../../../src/features/status/menuEntries';

describe('status menu', () => {
  const actions = (input: Parameters<typeof menuGroups>[0]) => menuGroups(input).flatMap(({ entries }) => entries.map(({ command }) => command));
  const here = { enabled: true, language: 'typescript', memoryIsShown: false, readingIsPaused: false };

  it('pauses, restarts, shows log, settings and what the model remembers', () => {
    for (const command of [commands.toggle, commands.restart, commands.showLog, commands.toggleReading, commands.showMemory, commands.explain, 'workbench.action.openSettings']) {
      assert.ok(actions(here).includes(command), command);
    }
  });

  it('offers what can be done, and not its contrary', () => {
    assert.match(menuGroups(here)[0].entries[0].label, /Pause/);
    assert.match(menuGroups({ ...here, enabled: false })[0].entries[0].label, /on$/);
    const reading = (readingIsPaused: boolean) => menuGroups({ ...here, readingIsPaused }).flatMap(({ entries }) => entries).find(({ command }) => command === commands.toggleReading);
    assert.match(reading(false)?.label ?? '', /Pause/);
    assert.match(reading(true)?.label ?? '', /Resume/);
    assert.deepEqual([commands.showMemory, commands.hideMemory].map((command) => actions({ ...here, memoryIsShown: true }).includes(command)), [false, true]);
    assert.ok(!actions({ ...here, language: undefined }).some((command) => command === commands.toggleLanguage || command === commands.summarizeFile));
  });
});
