import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { CancellationToken, CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { EngineState } from '../../../src/client';
import { PrivateEngine } from '../../../src/client/privateEngine';
import { EngineSupervisor } from '../../../src/client/supervisor';
import { waitForState } from '../../../src/client/waitForState';
import { protocolVersion } from '../../../src/protocol';
import { isRunning, untilEnded } from '../../fixtures/processes';
import { MemoryLog } from './memoryLog';

/** What the real engine does is tested with the real engine; these are engines that go wrong. */
describe('engine supervisor', () => {
  let supervisor: EngineSupervisor;
  let log: MemoryLog;
  const document = { uri: 'file:///a.ts', path: 'a.ts', languageId: 'typescript', version: 1, text: () => 'let a = ' };
  const parameters = { version: 1, offset: 8, maxTokens: 8, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true } as const;

  function supervise(program: string): void {
    log = new MemoryLog();
    const node = { executable: process.execPath, version: process.version, because: 'the one of the test', environment: {}, passedOver: [] };
    const initialize = { protocolVersion, modelDirectory: '/nowhere', cacheDirectory: '/nowhere', memoryBudgetMegabytes: 1, threads: 1 };
    const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
    supervisor = new EngineSupervisor(() => Promise.resolve({ node, initialize, open: () => Promise.resolve(new PrivateEngine(node, path, log)) }), log, { pauses: [10, 20], memory: 60_000 });
  }

  afterEach(() => supervisor.dispose());

  async function reach(kind: EngineState['kind']): Promise<EngineState> {
    const state = await waitForState<EngineState>(supervisor, (now) => now.kind === kind, CancellationToken.None, 20_000);
    assert.equal(state.kind, kind);
    return state;
  }

  it('restarts an engine that crashes, then gives up and says so', async () => {
    supervise('crashes.mjs');
    const seen: string[] = [];
    supervisor.onDidChangeState(({ kind }) => seen.push(kind));
    supervisor.start();
    const state = await reach('failed');
    assert.ok(state.kind === 'failed');
    assert.equal(state.problem.code, 'engine-crashed');
    assert.match(state.problem.what, /exit code 3/);
    assert.deepEqual(seen, ['starting', 'restarting', 'starting', 'restarting', 'starting', 'failed']);
    assert.ok(log.lines.includes('warn Engine: nothing goes right'), 'what it printed is in the log');
  });

  it('answers a request to an engine that keeps crashing, with the reason', async () => {
    supervise('crashes.mjs');
    const { outcome } = await supervisor.complete(document, parameters, CancellationToken.None);
    assert.ok(outcome.kind === 'not-ready');
    assert.match(outcome.reason, /Restart Engine/);
  });

  it('does not try again when the engine says why it cannot start', async () => {
    supervise('refuses.mjs');
    const seen: string[] = [];
    supervisor.onDidChangeState(({ kind }) => seen.push(kind));
    const { outcome } = await supervisor.complete(document, parameters, CancellationToken.None);
    assert.deepEqual(outcome, { kind: 'not-ready', reason: '/nowhere holds no model. Nothing works. Fetch it.' });
    await supervisor.complete(document, parameters, CancellationToken.None);
    assert.deepEqual(seen, ['starting', 'failed']);
  });

  it('says that the engine could not be started at all', async () => {
    supervise('crashes.mjs');
    supervisor.dispose();
    const node = { executable: '/nowhere/node', version: 'v20.19.0', because: 'missing', environment: {}, passedOver: [] };
    const initialize = { protocolVersion, modelDirectory: '', cacheDirectory: '', memoryBudgetMegabytes: 1, threads: 1 };
    supervisor = new EngineSupervisor(() => Promise.resolve({ node, initialize, open: () => Promise.resolve(new PrivateEngine(node, 'none', log)) }), log, { pauses: [], memory: 1_000 });
    supervisor.start();
    const state = await reach('failed');
    assert.ok(state.kind === 'failed');
    assert.match(state.problem.what, /could not be started/);
  });

  it('settles a request when its engine is killed, and starts another', async () => {
    supervise('deaf.mjs');
    supervisor.start();
    await reach('ready');
    const first = supervisor.processId;
    assert.ok(first !== undefined);
    const answer = supervisor.complete(document, parameters, CancellationToken.None);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(first, 'SIGKILL');
    assert.deepEqual((await answer).outcome, { kind: 'not-ready', reason: 'The engine ended during the request.' });
    await reach('ready');
    assert.notEqual(supervisor.processId, first);
    assert.deepEqual(supervisor.heldDocuments, [], 'the new engine knows nothing of the old documents');
  });

  it('settles a cancelled request without waiting for the engine', async () => {
    supervise('deaf.mjs');
    const source = new CancellationTokenSource();
    supervisor.start();
    await reach('ready');
    const answer = supervisor.complete(document, parameters, source.token);
    source.cancel();
    assert.equal((await answer).outcome.kind, 'cancelled');
  });

  it('settles a request that is cancelled while the engine starts', async () => {
    supervise('deaf.mjs');
    const source = new CancellationTokenSource();
    const answer = supervisor.complete(document, parameters, source.token);
    source.cancel();
    assert.equal((await answer).outcome.kind, 'cancelled');
  });

  it('does not send a document that was edited since the question', async () => {
    supervise('deaf.mjs');
    const { outcome } = await supervisor.complete({ ...document, version: 2 }, parameters, CancellationToken.None);
    assert.equal(outcome.kind, 'cancelled');
    assert.deepEqual(supervisor.heldDocuments, []);
  });

  for (const [how, end] of [['stopped', 'stop'], ['disposed', 'dispose']] as const) {
    it(`ends the engine and what it started when it is ${how}`, async () => {
      supervise('deaf.mjs');
      supervisor.start();
      const state = await reach('ready');
      const engine = supervisor.processId;
      const helper = state.kind === 'ready' ? Number(state.info.engineVersion) : NaN;
      assert.ok(engine !== undefined && isRunning(engine) && isRunning(helper));
      supervisor[end]();
      await untilEnded(engine);
      await untilEnded(helper);
    });
  }

  it('ends what a killed engine had started', async () => {
    supervise('deaf.mjs');
    supervisor.start();
    const state = await reach('ready');
    const helper = state.kind === 'ready' ? Number(state.info.engineVersion) : NaN;
    process.kill(supervisor.processId ?? NaN, 'SIGKILL');
    await untilEnded(helper);
  });
});
