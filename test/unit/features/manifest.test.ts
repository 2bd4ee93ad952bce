import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { withSettingsTable } from '../../../scripts/lib/settingsTable.mjs';
import { commands } from '../../../src/features/commands';
import { defaultDoNotRead, defaultIdleMinutes, defaultMemoryBudgetMegabytes, defaultStoreBudgetMegabytes } from '../../../src/protocol';

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
}

interface WalkthroughStep {
  readonly description: string;
  readonly media: { readonly image: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly icon: string;
  readonly extensionKind: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings?: readonly unknown[];
    readonly views: { readonly sparsek: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string; readonly contents: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly WalkthroughStep[] }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

describe('extension manifest', () => {
  const root = new URL('../../../', import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Manifest;
  const settings = new Map(manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties)));

  it('contributes just the commands that are registered', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(contributed.toSorted(), Object.values(commands).toSorted());
  });

  it('shows pictures and runs commands in its walkthrough that are there', () => {
    const contributed = new Set(manifest.contributes.commands.map(({ command }) => command));
    for (const { steps } of manifest.contributes.walkthroughs) {
      for (const { description, media, completionEvents } of steps) {
        assert.ok(existsSync(new URL(media.image, root)), media.image);
        assert.ok(media.altText.length > 20, media.image);
        const named = [...description.matchAll(/command:(sparsek\.\w+)/g), ...completionEvents.join(' ').matchAll(/onCommand:(sparsek\.\w+)/g)].map(([, command]) => command);
        for (const command of named) assert.ok(contributed.has(command), command);
      }
    }
  });

  it('says what to do where there is no folder, no trust or no model', () => {
    const { viewsWelcome, views } = manifest.contributes;
    const said = (when: RegExp) => viewsWelcome.filter((welcome) => when.test(welcome.when)).map(({ contents }) => contents).join('\n');
    assert.match(said(/== empty/), /command:vscode\.openFolder/);
    assert.match(said(/isWorkspaceTrusted/), /command:workbench\.trust\.manage/);
    assert.match(said(/modelProblem/), /sparsek\.model\.path[^]*command:sparsek\.restartEngine/);
    for (const { view } of viewsWelcome) assert.ok(views.sparsek.some(({ id }) => id === view), view);
  });

  it('binds no key', () => assert.equal(manifest.contributes.keybindings, undefined));

  it('keeps the default globs of the engine', () => {
    const globs = settings.get('sparsek.doNotRead')?.default;
    assert.deepEqual(globs, Object.fromEntries(defaultDoNotRead.map((glob) => [glob, true])));
  });

  it('keeps the default budgets of the engine', () => {
    assert.equal(settings.get('sparsek.store.budgetMegabytes')?.default, defaultStoreBudgetMegabytes);
    assert.equal(settings.get('sparsek.engine.idleMinutes')?.default, defaultIdleMinutes);
    assert.equal(settings.get('sparsek.memory.budgetMegabytes')?.default, defaultMemoryBudgetMegabytes);
  });

  it('describes every setting', () => {
    for (const [name, { markdownDescription }] of settings) assert.ok(markdownDescription.length > 20, name);
  });

  it('has its settings in the README as they are', () => {
    const readme = readFileSync(new URL('README.md', root), 'utf8');
    assert.equal(readme, withSettingsTable(readme, manifest), 'run "npm run readme"');
  });

  it('contributes every setting that is read', () => {
    const source = readFileSync(new URL('src/features/settings.ts', root), 'utf8');
    const read = [...source.matchAll(/settings\.get(?:<\w+>)?\('([\w.]+)'\)/g)].map((match) => `sparsek.${match[1]}`);
    assert.deepEqual([...new Set([...read, 'sparsek.enable'])].toSorted(), [...settings.keys()].toSorted());
  });

  it('lets no untrusted workspace choose a program, a model or what may be read', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(restrictedConfigurations.toSorted(), ['sparsek.doNotRead', 'sparsek.engine.node', 'sparsek.model.path']);
  });

  it('runs where the files are, and has its icon', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    const png = readFileSync(new URL(manifest.icon, root));
    assert.equal(png.readUInt32BE(16), 128);
    assert.equal(png.readUInt32BE(20), 128);
  });
});
