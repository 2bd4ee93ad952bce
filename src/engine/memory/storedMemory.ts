import type { EntrySource, Memory, MemoryShape } from '../../../kernels';

/**
 * A memory as it is kept, in RAM and on the disk alike, so that what is recalled does not depend on where it was found.
 * Keys and values are 8-bit levels: a key's in steps of its channel (a channel of keys has an offset and a range of its
 * own, far apart from the next one's), a value's in steps of its entry. Scores and sources stay whole, since rounded scores
 * would reorder the memory. Rows are layers times KV heads.
 */
export interface StoredMemory extends MemoryShape {
  readonly count: number;
  /** `[rows, count, headDim]` */
  readonly keys: Uint8Array;
  /** `[rows, headDim]`: the least key of each channel. */
  readonly keyLeast: Float32Array;
  /** `[rows, headDim]`: what one level is. */
  readonly keyStep: Float32Array;
  /** `[rows, count, headDim]`; 128 stands for zero. */
  readonly values: Uint8Array;
  /** `[rows, count]` */
  readonly valueStep: Float32Array;
  /** `[rows, count]` */
  readonly scores: Float32Array;
  /** `[rows, count]` */
  readonly sources: Int32Array;
}

/** Bytes of a stored memory of `count` entries. */
export function storedBytes({ layers, keyValueHeads, headDim }: MemoryShape, count: number): number {
  return layers * keyValueHeads * (count * (2 * headDim + 12) + 8 * headDim);
}

const keyLevels = 255;
const zeroLevel = 128;
const valueLevels = 127;

/** Rounds to 8 bits: a key by at most half a step of its channel, a value by half a step of its entry. */
export function toStored(memory: Memory): StoredMemory {
  const { layers, keyValueHeads, headDim, count } = memory;
  const rows = layers * keyValueHeads;
  const stored = {
    layers, keyValueHeads, headDim, count,
    keys: new Uint8Array(memory.keys.length),
    keyLeast: new Float32Array(rows * headDim),
    keyStep: new Float32Array(rows * headDim),
    values: new Uint8Array(memory.values.length),
    valueStep: new Float32Array(rows * count),
    scores: memory.scores.slice(),
    sources: memory.sources.slice(),
  };
  for (let row = 0; row < rows; row++) roundKeys(memory, stored, row);
  for (let entry = 0; entry < rows * count; entry++) roundValue(memory, stored, entry);
  return stored;
}

/** What merging chooses from; an entry is whole numbers again when it is chosen. */
export function entriesOfStored(stored: StoredMemory): EntrySource {
  const { layers, keyValueHeads, headDim, count, scores, sources } = stored;
  return {
    layers, keyValueHeads, headDim, count, scores, sources,
    copyEntries: (entries, to, first) => {
      expandKeys(stored, entries, to.keys, first);
      expandValues(stored, entries, to.values, first);
    },
  };
}

/** Four features a turn: these loops are most of a merge's time, and so it is a third less. */
function expandKeys({ headDim, count, keys, keyLeast, keyStep }: StoredMemory, entries: Uint32Array, to: Float32Array, first: number): void {
  for (let i = 0; i < entries.length; i++) {
    const from = entries[i] * headDim;
    const target = (first + i) * headDim;
    const channels = Math.floor(entries[i] / count) * headDim;
    let feature = 0;
    for (; feature + 3 < headDim; feature += 4) {
      to[target + feature] = keyLeast[channels + feature] + keys[from + feature] * keyStep[channels + feature];
      to[target + feature + 1] = keyLeast[channels + feature + 1] + keys[from + feature + 1] * keyStep[channels + feature + 1];
      to[target + feature + 2] = keyLeast[channels + feature + 2] + keys[from + feature + 2] * keyStep[channels + feature + 2];
      to[target + feature + 3] = keyLeast[channels + feature + 3] + keys[from + feature + 3] * keyStep[channels + feature + 3];
    }
    for (; feature < headDim; feature++) to[target + feature] = keyLeast[channels + feature] + keys[from + feature] * keyStep[channels + feature];
  }
}

function expandValues({ headDim, values, valueStep }: StoredMemory, entries: Uint32Array, to: Float32Array, first: number): void {
  for (let i = 0; i < entries.length; i++) {
    const from = entries[i] * headDim;
    const target = (first + i) * headDim;
    const step = valueStep[entries[i]];
    let feature = 0;
    for (; feature + 3 < headDim; feature += 4) {
      to[target + feature] = (values[from + feature] - zeroLevel) * step;
      to[target + feature + 1] = (values[from + feature + 1] - zeroLevel) * step;
      to[target + feature + 2] = (values[from + feature + 2] - zeroLevel) * step;
      to[target + feature + 3] = (values[from + feature + 3] - zeroLevel) * step;
    }
    for (; feature < headDim; feature++) to[target + feature] = (values[from + feature] - zeroLevel) * step;
  }
}

function roundKeys({ keys, headDim, count }: Memory, stored: StoredMemory, row: number): void {
  for (let channel = 0; channel < headDim; channel++) {
    const start = row * count * headDim + channel;
    let [least, most] = [Infinity, -Infinity];
    for (let i = 0, at = start; i < count; i++, at += headDim) {
      least = Math.min(least, keys[at]);
      most = Math.max(most, keys[at]);
    }
    if (count === 0) continue;
    const scale = row * headDim + channel;
    stored.keyLeast[scale] = least;
    stored.keyStep[scale] = (most - least) / keyLevels;
    const step = stored.keyStep[scale];
    for (let i = 0, at = start; i < count; i++, at += headDim) {
      stored.keys[at] = step === 0 ? 0 : Math.min(keyLevels, Math.round((keys[at] - least) / step));
    }
  }
}

function roundValue({ values, headDim }: Memory, stored: StoredMemory, entry: number): void {
  const start = entry * headDim;
  let most = 0;
  for (let at = start; at < start + headDim; at++) most = Math.max(most, Math.abs(values[at]));
  stored.valueStep[entry] = most / valueLevels;
  const step = stored.valueStep[entry];
  for (let at = start; at < start + headDim; at++) {
    const level = step === 0 ? 0 : Math.round(values[at] / step);
    stored.values[at] = zeroLevel + Math.max(-valueLevels, Math.min(valueLevels, level));
  }
}
