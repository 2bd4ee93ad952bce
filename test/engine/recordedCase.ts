import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { MemoryPlan } from '../../src/engine/memory';
import { storedEntries } from '../../src/engine/memory/encode';
import { fimMarkers, generationRoom } from '../../src/engine/memory/plan';
import { cosine } from '../unit/memory/cosine';

/** What the Python reference computed for a text; written by models/training/sparsek_code/record_fixture.py. */
export interface RecordedCase {
  readonly bounds: { readonly entries: number; readonly window: number; readonly chunk: number };
  readonly prefix: readonly number[];
  /** null: no markers; absent: the prefix is streamed. */
  readonly suffix?: readonly number[] | null;
  /** Of the pack it was recorded with; absent: every layer's memory holds K. */
  readonly layerShares?: readonly number[];
  /** Those that are recalled, in the order of the memory. */
  readonly segments?: readonly { readonly tokens: readonly number[]; readonly prior: number }[];
  readonly firstRow: number;
  readonly topIds: readonly (readonly number[])[];
  readonly stride: number;
  /** Base64 of half precision numbers, little endian: every `stride`th logit of each row. */
  readonly sampledLogits: string;
  readonly continuation?: { readonly ids: readonly number[]; readonly gaps: readonly number[] };
}

export function readCase(path: string): RecordedCase {
  return JSON.parse(readFileSync(path, 'utf8')) as RecordedCase;
}

/** A memory plan with the case's K, W and C. */
export function planOf({ bounds, suffix }: RecordedCase): MemoryPlan {
  const length = suffix?.length ?? 0;
  const live = fimMarkers + length + bounds.window + bounds.chunk + generationRoom;
  return {
    ...bounds,
    suffix: length,
    // A segment's memory passes through the slots of the live part, which are more in every plan that is shipped.
    slots: 4 + bounds.entries + Math.max(live, storedEntries),
    keyValueBytes: 0, readAheadBytes: 0, checkpoints: 0, checkpointBytes: 0, segments: 0, segmentBytes: 0,
  };
}

export interface Agreement {
  /** Of the sampled logits, a row each. */
  readonly cosines: readonly number[];
  /** Of rows whose most likely token is another: by how much the engine prefers its own to the recorded one. */
  readonly gaps: readonly number[];
}

/** Compares rows of logits with the recorded ones. */
export function compare(recorded: RecordedCase, rows: readonly Float32Array[]): Agreement {
  const samples = decodeHalves(recorded.sampledLogits);
  const width = samples.length / recorded.topIds.length;
  assert.equal(rows.length, recorded.topIds.length);
  const cosines = rows.map((row, i) => cosine(row.filter((_, id) => id % recorded.stride === 0), samples.subarray(i * width, (i + 1) * width)));
  const gaps = rows.map((row, i) => row.reduce((a, b) => Math.max(a, b)) - row[recorded.topIds[i][0]]).filter((gap) => gap > 0);
  return { cosines, gaps };
}

export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
}

function decodeHalves(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
    const half = bytes.readUInt16LE(2 * i);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
  });
}
