// A process that stores and loads memories without pause: node writer.mjs FOLDER SEED MEGABYTES OPERATIONS
import { Random } from '../../../fixtures/random';
import { MemoryStore } from '../../../../src/engine/store/memoryStore';
import { SizeBudget } from '../../../../src/engine/store/sizeBudget';
import { Writing } from '../../../../src/engine/store/writing';
import { assertMadeFor, keys, madeFor, wide } from '../wideMemory';

const [folder, seed, megabytes, operations] = process.argv.slice(2);
const warn = (message: string) => console.log(message);
const budget = new SizeBudget(folder, Number(megabytes) * 1e6, Date.now);
const store = new MemoryStore(folder, { packVersion: 'a', geometry: wide }, budget, new Writing(folder, warn), Date.now);
const random = new Random(Number(seed));

console.log('ready');
for (let i = 0; i < Number(operations); i++) {
  const key = keys[random.below(keys.length)];
  const memory = await store.load(key);
  if (memory === undefined) await store.save(key, madeFor(key));
  else assertMadeFor(key, memory);
}
console.log('done');
