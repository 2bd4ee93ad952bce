import { mergeEntries, type EntrySource, type Memory } from '../../../kernels';

/** All entries of a memory that is kept in another form. */
export function whole(memory: EntrySource): Memory {
  return mergeEntries([memory], [0], memory.count);
}
