import assert from 'node:assert/strict';
import { Gpu } from '../../src/engine/runtime/wgsl/gpu';
import { ProblemError } from '../../src/protocol';
import { onRealGpu, useTestGpu } from './testGpu';

describe('the GPU device', () => {
  useTestGpu();

  it('says what the adapter is and offers', async () => {
    const gpu = await Gpu.open();
    try {
      const { adapter } = gpu;
      assert.notEqual(gpu.name, '');
      assert.equal(adapter.software, !onRealGpu());
      assert.ok(adapter.maxBindingBytes >= 128 * 2 ** 20, `a binding holds ${adapter.maxBindingBytes} bytes`);
      assert.ok(adapter.maxWorkgroupBytes >= 16_384, `a workgroup has ${adapter.maxWorkgroupBytes} bytes`);
    } finally {
      gpu.dispose();
    }
  });

  it('tells a lost device as a problem that names it', async () => {
    const gpu = await Gpu.open();
    gpu.checkPresent();
    gpu.device.destroy();
    await gpu.device.lost;
    assert.throws(() => gpu.checkPresent(), (error) => error instanceof ProblemError && error.problem.code === 'device-lost' && error.problem.what.includes(gpu.name));
  });
});
