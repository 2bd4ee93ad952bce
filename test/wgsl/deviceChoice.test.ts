import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '../../src/engine/model';
import { chooseRuntime } from '../../src/engine/runtime';
import { Buffers } from '../../src/engine/runtime/wgsl/buffers';
import { Gpu } from '../../src/engine/runtime/wgsl/gpu';
import { probeGpu, type ProbeResult } from '../../src/engine/runtime/wgsl/probeGpu';
import { rememberedProbe } from '../../src/engine/runtime/wgsl/rememberedProbe';
import { WgslRuntime } from '../../src/engine/runtime/wgsl/wgslRuntime';
import { ProblemError, type LogMessage } from '../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { onRealGpu, useTestGpu } from './testGpu';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
const isLost = (error: unknown) => error instanceof ProblemError && error.problem.code === 'device-lost';

describe('the choice of a device', () => {
  useTestGpu();
  let directory: TemporaryDirectory;
  let manifest: ModelManifest;
  let log: LogMessage[] = [];
  before(async () => {
    directory = await temporaryDirectory();
    manifest = await writeTinyPack(directory.path);
  });
  beforeEach(() => { log = []; });
  after(() => directory.remove());

  /** Chooses `auto` in a cache folder of its own. @returns the device, which is closed again */
  async function choose(probe: () => Promise<ProbeResult>) {
    const cache = await temporaryDirectory();
    try {
      const request = { modelDirectory: directory.path, cacheDirectory: cache.path, threads: 1, device: 'auto' } as const;
      const runtime = await chooseRuntime(request, manifest, (message) => log.push(message), probe);
      await runtime.dispose();
      return runtime.device;
    } finally {
      await cache.remove();
    }
  }

  it('finds in a process of its own what GPU there is', async () => {
    const found = await probeGpu();
    assert.ok(found.usable, JSON.stringify(found));
    assert.notEqual(found.name, '');
    assert.equal(found.software, !onRealGpu());
  });

  it('survives a driver that crashes, says so, and takes the CPU', async () => {
    const found = await probeGpu(program('crash'));
    assert.deepEqual(found, { usable: false, because: 'the GPU\'s driver crashed (SIGABRT)' });
    const device = await choose(() => Promise.resolve(found));
    assert.equal(device.kind, 'cpu');
    assert.match(device.reason, /crashed/);
  });

  it('says why a library cannot be used', async () => {
    assert.deepEqual(await probeGpu(program('silent')), { usable: false, because: 'no such library' });
  });

  it('never takes a GPU that the processor plays by itself', async () => {
    const device = await choose(() => Promise.resolve({ usable: true, name: 'SwiftShader', software: true }));
    assert.equal(device.kind, 'cpu');
    assert.match(device.reason, /SwiftShader, which the processor plays/);
  });

  it('takes a GPU that computes, and names it in the reason', async () => {
    const device = await choose(() => Promise.resolve({ usable: true, name: 'Fast 1', software: false }));
    assert.equal(device.kind, 'wgsl');
    assert.match(device.reason, /Fast 1/);
  });

  it('insists on the GPU when it is set', async () => {
    const request = { modelDirectory: directory.path, cacheDirectory: directory.path, threads: 1, device: 'wgsl' } as const;
    const runtime = await chooseRuntime(request, manifest, (message) => log.push(message));
    assert.ok(runtime instanceof WgslRuntime);
    await runtime.dispose();
  });

  it('probes once for a set of drivers, and again for another', async () => {
    const cache = await temporaryDirectory();
    const before = process.env.VK_DRIVER_FILES;
    let probes = 0;
    const probe = () => Promise.resolve({ usable: false as const, because: `probe ${++probes}` });
    try {
      assert.deepEqual(await rememberedProbe(cache.path, probe), { usable: false, because: 'probe 1' });
      assert.deepEqual(await rememberedProbe(cache.path, probe), { usable: false, because: 'probe 1' });
      process.env.VK_DRIVER_FILES = '/another/driver.json';
      assert.deepEqual(await rememberedProbe(cache.path, probe), { usable: false, because: 'probe 2' });
    } finally {
      if (before === undefined) delete process.env.VK_DRIVER_FILES;
      else process.env.VK_DRIVER_FILES = before;
      await cache.remove();
    }
  });

  it('tells memory that ran out as a problem, and leaves the device usable', async () => {
    const gpu = await Gpu.open();
    const buffers = new Buffers(gpu);
    try {
      buffers.storage('too much', gpu.adapter.maxBufferBytes);
      for (let i = 0; i < 64; i++) buffers.storage('too much', gpu.adapter.maxBufferBytes);
      await assert.rejects(buffers.ready(), isLost);
      gpu.checkPresent();
    } finally {
      buffers.dispose();
      gpu.dispose();
    }
  });

  it('tells a device that is lost between two runs, and changes no state then', async () => {
    const runtime = await WgslRuntime.load(directory.path, manifest, 'a test');
    const state = runtime.createState(16);
    await runtime.forward(state, Int32Array.of(40), 0, 'none');
    runtime.gpu.device.destroy();
    await assert.rejects(runtime.forward(state, Int32Array.of(41), 1, 'last'), isLost);
    assert.deepEqual(state.lengths, [1]);
    await runtime.dispose();
  });
});
