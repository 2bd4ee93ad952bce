export type { Compaction, LogitRows, Runtime, RuntimeState, SlotRange } from './runtime';
export { chooseRuntime } from './chooseRuntime';
export { CpuRuntime } from './cpuRuntime';
export { cpuStateBytes } from './cpuState';
export { WgslRuntime } from './wgsl/wgslRuntime';
