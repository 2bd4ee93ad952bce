export { IndexStore } from './indexStore';
export { MemoryStore, type MemoryMaker } from './memoryStore';
export { openStore, type Store, type StoreOptions } from './store';
