import { ProblemError } from '../../../protocol';
import { openDawn } from './dawn';

/** What an adapter offers, as far as the kernels or a person care. Sizes in bytes. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** With the driver's version, on most platforms. */
  readonly description: string;
  /** Computes on the processor: good for tests, slower than the CPU engine. */
  readonly software: boolean;
  /** Lanes of a subgroup when it is always the same number; 0 where it varies or there are no subgroups. */
  readonly subgroupSize: number;
  readonly halfPrecision: boolean;
  readonly timestamps: boolean;
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  readonly maxWorkgroupBytes: number;
}

/** An open device with what it offers. */
export class Gpu {
  /** Why the device is gone, once it is. */
  private lostBecause: string | undefined;

  private constructor(
    /** Held for as long as the device: without the instance, Dawn ends. */
    readonly instance: GPU,
    readonly adapter: AdapterDescription,
    readonly device: GPUDevice,
  ) {
    void device.lost.then(({ reason, message }) => { this.lostBecause = `${reason}: ${message}`; });
  }

  /**
   * Opens the fastest adapter with all that it offers.
   *
   * @throws ProblemError `device-unavailable` when there is none, or it gives no device
   */
  static async open(): Promise<Gpu> {
    const [instance, adapter] = await findAdapter();
    const description = describeAdapter(adapter);
    try {
      const device = await adapter.requestDevice({
        requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
        requiredLimits: {
          maxBufferSize: adapter.limits.maxBufferSize,
          maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
          maxComputeWorkgroupStorageSize: adapter.limits.maxComputeWorkgroupStorageSize,
        },
      });
      return new Gpu(instance, description, device);
    } catch (error) {
      throw unavailable(`The GPU ${nameOf(description)} gives no device (${messageOf(error)}).`, error);
    }
  }

  get name(): string {
    return nameOf(this.adapter);
  }

  /** @throws ProblemError `device-lost` when it is */
  checkPresent(): void {
    if (this.lostBecause !== undefined) throw lost(`The GPU ${this.name} is lost (${this.lostBecause}).`);
  }

  dispose(): void {
    this.device.destroy();
  }
}

const wantedFeatures: readonly GPUFeatureName[] = ['subgroups', 'shader-f16', 'timestamp-query'];

async function findAdapter(): Promise<[GPU, GPUAdapter]> {
  let instance: GPU;
  let adapter: GPUAdapter | null;
  try {
    instance = await openDawn();
    adapter = await instance.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    throw unavailable(`The GPU library cannot be used (${messageOf(error)}).`, error);
  }
  if (adapter === null) throw unavailable('No GPU is found: there is no driver that the GPU library can use.');
  return [instance, adapter];
}

function describeAdapter({ info, features, limits }: GPUAdapter): AdapterDescription {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } = info;
  return {
    vendor, architecture, device, description,
    software: info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp|basic render/i.test(`${architecture} ${device} ${description}`),
    subgroupSize: features.has('subgroups') && subgroupMinSize === subgroupMaxSize ? subgroupMinSize ?? 0 : 0,
    halfPrecision: features.has('shader-f16'),
    timestamps: features.has('timestamp-query'),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
  };
}

export function nameOf({ vendor, architecture, device, description }: Pick<AdapterDescription, 'vendor' | 'architecture' | 'device' | 'description'>): string {
  return [device, description].find((text) => text !== '' && !/^0x/i.test(text)) ?? `${vendor} ${architecture}`.trim();
}

export function lost(what: string, cause?: unknown): ProblemError {
  return new ProblemError({
    code: 'device-lost',
    what,
    meaning: 'What it had read is gone with it; the text itself is not.',
    remedy: 'The engine goes on with the CPU. Restart it to try the GPU again.',
  }, { cause });
}

function unavailable(what: string, cause?: unknown): ProblemError {
  return new ProblemError({
    code: 'device-unavailable',
    what,
    meaning: 'The model cannot be run on a GPU here.',
    remedy: 'Set sparsek.engine.device to "auto" or "cpu", or install the GPU\'s driver.',
  }, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
