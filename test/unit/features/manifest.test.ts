import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commands } from '../../../src/features/commands';
import { defaultDoNotRead, defaultMemoryBudgetMegabytes, defaultStoreBudgetMegabytes } from '../../../src/protocol';

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly markdownDescription: string;
}

interface Manifest {
  readonly icon: string;
  readonly extensionKind: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings?: readonly unknown[];
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

  it('binds no key', () => assert.equal(manifest.contributes.keybindings, undefined));

  it('keeps the default globs of the engine', () => {
    const globs = settings.get('sparsek.doNotRead')?.default;
    assert.deepEqual(globs, Object.fromEntries(defaultDoNotRead.map((glob) => [glob, true])));
  });

  it('keeps the default budgets of the engine', () => {
    assert.equal(settings.get('sparsek.store.budgetMegabytes')?.default, defaultStoreBudgetMegabytes);
    assert.equal(settings.get('sparsek.memory.budgetMegabytes')?.default, defaultMemoryBudgetMegabytes);
  });

  it('describes every setting', () => {
    for (const [name, { markdownDescription }] of settings) assert.ok(markdownDescription.length > 20, name);
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
