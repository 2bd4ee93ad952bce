/**
 * A compute shader as it is built for one geometry. All sizes are constants in its text, so that the driver's compiler sees
 * them; only what changes from run to run comes in a uniform.
 */
export interface Kernel {
  /** For error messages and profiles. */
  readonly name: string;
  /** WGSL with the entry point `main`. */
  readonly code: string;
  /** What is bound at 0, 1, …: the buffers' kinds, in the order of the shader's bindings. */
  readonly bindings: readonly Binding[];
}

export type Binding = 'uniform' | 'read' | 'write';

/** The declarations of a kernel's buffers, `[kind, name, WGSL type]`, at bindings 0, 1, …, and their kinds. */
export function declareBindings(buffers: readonly (readonly [Binding, string, string])[]): { text: string; bindings: Binding[] } {
  const space = { uniform: 'uniform', read: 'storage, read', write: 'storage, read_write' } as const;
  return {
    text: buffers.map(([kind, name, type], i) => `@group(0) @binding(${i}) var<${space[kind]}> ${name}: ${type};`).join('\n'),
    bindings: buffers.map(([kind]) => kind),
  };
}

/** WGSL written once for each of `count` indices: registers cannot be indexed, so small loops over them are unrolled here. */
export function repeat(count: number, line: (i: number) => string, separator = '\n'): string {
  return Array.from({ length: count }, (_, i) => line(i)).join(separator);
}

/**
 * The uniform of a run, in 32-bit words; where layers differ in their slots, one for each group of them (`layerGroups`):
 * - `tokens`: new tokens T of this dispatch; `first`: slot of the first, and its position; `source`: its source index
 * - `slots`: slots allocated, the stride of the cache's heads
 * - `splitLength`: slots that one workgroup of attention reads at most; `splits`: workgroups that share the slots
 * - `rows`: logit rows R; `firstRow`: the token that the first of them belongs to
 */
export const stepStruct = `
struct Step { tokens: u32, first: u32, source: i32, slots: u32, splitLength: u32, splits: u32, rows: u32, firstRow: u32 }
`;
export const stepWords = 8;

/** How a kernel adds up over the lanes of a row: through workgroup memory everywhere, by subgroups where they have 32 lanes. */
export interface Features {
  readonly subgroups: boolean;
}
