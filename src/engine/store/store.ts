import { join } from 'node:path';
import { engineVersion } from '../version';
import { IndexStore } from './indexStore';
import { MemoryStore, type MemoryMaker } from './memoryStore';
import { SizeBudget } from './sizeBudget';
import { Writing } from './writing';

export interface StoreOptions extends MemoryMaker {
  /** Folder that the engine may write to. */
  readonly cacheDirectory: string;
  /** Bound on everything stored, in MB of 10^6 bytes. */
  readonly megabytes: number;
  /** Told once, when nothing more can be stored. */
  readonly warn: (message: string) => void;
  readonly now?: () => number;
}

/** What outlives the engine, in one folder under one budget. */
export interface Store {
  readonly memories: MemoryStore;
  readonly indexes: IndexStore;
  /** Takes away what killed writers left and what is above the budget; for a moment in which nothing is waited for. */
  trim(): Promise<void>;
}

/** Nothing is read or written yet. */
export function openStore({ cacheDirectory, megabytes, warn, now = Date.now, ...maker }: StoreOptions): Store {
  const root = join(cacheDirectory, 'store');
  const budget = new SizeBudget(root, megabytes * 1_000_000, now);
  const writing = new Writing(root, warn);
  return {
    memories: new MemoryStore(root, maker, budget, writing, now),
    indexes: new IndexStore(root, `${engineVersion} ${maker.packVersion}`, budget, writing, now),
    trim: () => budget.trim(),
  };
}
