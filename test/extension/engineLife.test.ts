import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isRunning, untilEnded } from '../fixtures/processes';
import { closeAll, openFile, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { longCode } from './support/longCode';
import { TinyModel, wholeRealModel } from './support/models';
import { childrenOf } from './support/processTree';
import { Settings } from './support/settings';
import { until } from './support/until';
import { Wiretap } from './support/wiretap';

/** Long enough to be killed while it is read. */
const models = [['tiny', undefined, longCode(400)], ['real', wholeRealModel(), longCode(30)]] as const;

for (const [name, realModel, code] of models) {
  if (name === 'real' && realModel === undefined) {
    console.log('The files of the real model are not all there: its engine is not killed.');
    continue;
  }
  describe(`the engine's life, with the ${name} model`, () => {
    const settings = new Settings();
    const tiny = new TinyModel();

    before(async () => {
      await settings.set('sparsek.model.path', realModel ?? (await tiny.write()));
      await openFile(`life-${name}.ts`, code);
      await vscode.commands.executeCommand('sparsek.restartEngine');
      await untilEngineIs('ready', 60_000);
    });

    after(async () => {
      await closeAll();
      await settings.restore();
      await tiny.dispose();
    });

    it('goes on after a kill in the middle of a request, and the next request works', async () => {
      const now = await diagnostics();
      const engine = now.engineProcessId;
      assert.ok(engine !== undefined);
      const { document, typing } = await typedAtWork(name, code);
      process.kill(engine, 'SIGKILL');
      const seen = new Set<string>();
      await until('another engine runs', () => {
        seen.add(now.status.kind);
        return now.engineState.kind === 'ready' && now.engineProcessId !== engine;
      }, 60_000);
      await typing;
      assert.ok(!seen.has('error'), 'no error is shown');
      assert.deepEqual(now.lastCompletion?.result.outcome, { kind: 'not-ready', reason: 'The engine ended during the request.' });
      assert.equal(document.getText(), `${code}\n`, 'the document is as it was typed');
      const { outcome, tokens } = (await complete()).result;
      assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), outcome.kind);
      assert.ok(tokens.read > 0, 'the new engine has read the document anew');
    });

    it('is another one after the command to restart', async () => {
      const now = await diagnostics();
      const engine = now.engineProcessId;
      assert.ok(engine !== undefined);
      await vscode.commands.executeCommand('sparsek.restartEngine');
      await untilEnded(engine);
      await untilEngineIs('ready', 60_000);
      assert.notEqual(now.engineProcessId, engine);
      await openFile(`again-${name}.ts`, 'const again = ');
      assert.ok(['completed', 'empty', 'filtered'].includes((await complete()).result.outcome.kind));
    });
  });
}

/** Types into a document until the model is caught at work: a tiny one may be done before anybody looks, and a busy editor may not ask at all. */
async function typedAtWork(name: string, code: string): Promise<{ readonly document: vscode.TextDocument; readonly typing: Promise<unknown> }> {
  const now = await diagnostics();
  for (let attempt = 1; attempt <= 10; attempt++) {
    const { document } = await openFile(`killed-${name}-${attempt}.ts`, code);
    const before = now.lastCompletion;
    const typing = type('\n');
    const asked = () => now.status.kind === 'completing' || now.lastCompletion !== before;
    await until('the model is at work, or done', asked, 5000, 1).catch(() => undefined); // the next document is another chance
    if (now.status.kind === 'completing') return { document, typing };
    await typing;
  }
  throw new Error('The model was never caught at work.');
}

describe("the engine's processes", () => {
  const settings = new Settings();
  const tiny = new TinyModel();

  after(async () => {
    await closeAll();
    await settings.restore();
    await tiny.dispose();
  });

  it('end all together, also those behind a program that stands in for Node', async () => {
    const wiretap = await Wiretap.create();
    await settings.set('sparsek.model.path', await tiny.write());
    await settings.set('sparsek.engine.share', false);
    await settings.set('sparsek.engine.node', wiretap.node);
    await openFile('tree.ts', 'const tree = ');
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('ready');
    const now = await diagnostics();
    const outer = now.engineProcessId;
    assert.ok(outer !== undefined && isRunning(outer));
    const { engineState } = now;
    const inner = engineState.kind === 'ready' ? childrenOf(outer) : [];
    assert.ok(inner.length >= 2, 'the wiretap runs Node and tee');
    await vscode.commands.executeCommand('sparsek.restartEngine');
    for (const pid of [outer, ...inner]) await untilEnded(pid);
    await wiretap.dispose();
  });

  it('are not started by a setting that names no Node, which is said once', async () => {
    await settings.set('sparsek.engine.node', '/nowhere/node');
    const now = await diagnostics();
    await until('the engine is given up', () => now.engineState.kind === 'failed');
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'not-ready');
    assert.match(outcome.reason, /sparsek\.engine\.node/);
    await settings.set('sparsek.engine.node', '');
    await untilEngineIs('ready');
  });
});
