import type { Binding, Kernel } from '../../../../kernels/wgsl';

/** Buffers in the order of a kernel's bindings; one with an offset binds 16 bytes, a uniform of its own. */
export type Bound = GPUBuffer | { readonly buffer: GPUBuffer; readonly offset: number };

/** One call of a kernel. */
export interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly workgroups: readonly [x: number, y?: number, z?: number];
}

/** Compiles kernels when they are first needed, and binds buffers to them. */
export class Pipelines {
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly pipelines = new Map<Kernel, GPUComputePipeline>();

  constructor(private readonly device: GPUDevice) {}

  /** A group serves every kernel with the same kinds of bindings. */
  bind({ name, bindings }: Kernel, buffers: readonly Bound[]): GPUBindGroup {
    if (buffers.length !== bindings.length) throw new Error(`Kernel ${name} takes ${bindings.length} buffers, not ${buffers.length}.`);
    return this.device.createBindGroup({
      label: name,
      layout: this.layoutOf(bindings),
      entries: buffers.map((bound, binding) => ({
        binding,
        resource: 'buffer' in bound ? { buffer: bound.buffer, offset: bound.offset, size: 16 } : { buffer: bound },
      })),
    });
  }

  pipelineOf(kernel: Kernel): GPUComputePipeline {
    const known = this.pipelines.get(kernel);
    if (known !== undefined) return known;
    const module = this.device.createShaderModule({ label: kernel.name, code: kernel.code });
    const pipeline = this.device.createComputePipeline({
      label: kernel.name,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.layoutOf(kernel.bindings)] }),
      compute: { module, entryPoint: 'main' },
    });
    this.pipelines.set(kernel, pipeline);
    return pipeline;
  }

  encode(pass: GPUComputePassEncoder, dispatches: readonly Dispatch[]): void {
    for (const { kernel, group, workgroups: [x, y = 1, z = 1] } of dispatches) {
      if (x * y * z === 0) continue;
      pass.setPipeline(this.pipelineOf(kernel));
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(x, y, z);
    }
  }

  private layoutOf(bindings: readonly Binding[]): GPUBindGroupLayout {
    const key = bindings.join();
    const known = this.layouts.get(key);
    if (known !== undefined) return known;
    const type = { uniform: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
    const layout = this.device.createBindGroupLayout({
      entries: bindings.map((kind, binding) => ({ binding, visibility: computeStage, buffer: { type: type[kind] } })),
    });
    this.layouts.set(key, layout);
    return layout;
  }
}

/** `GPUShaderStage.COMPUTE`; the WebGPU constants are globals of browsers only. */
const computeStage = 4;
