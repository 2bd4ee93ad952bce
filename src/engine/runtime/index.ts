export type { Compaction, LayerGroup, LogitRows, PerGroup, Runtime, RuntimeState, SlotRange } from './runtime';
export { chooseRuntime } from './chooseRuntime';
export { CpuRuntime } from './cpuRuntime';
export { cpuStateBytes } from './cpuState';
export { WgslRuntime } from './wgsl/wgslRuntime';
