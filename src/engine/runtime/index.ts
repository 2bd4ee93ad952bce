export type { Compaction, LogitRows, Runtime, RuntimeState, SlotRange } from './runtime';
export { CpuRuntime } from './cpuRuntime';
export { cpuStateBytes } from './cpuState';
