import { z } from 'zod';
import type { FileRecord } from './fileRecords';
import type { RankerSnapshot } from './rank/ranker';

/** What is kept of a workspace: what its index holds, and of which state of which file. No text. */
export interface WorkspaceSnapshot {
  readonly files: readonly (readonly [string, FileRecord])[];
  readonly ranker: RankerSnapshot;
}

const strings = z.array(z.string());
const pairs = <T extends z.ZodType>(value: T) => z.array(z.tuple([z.string(), value]));

const segmentRecords = z.array(z.object({ key: z.string(), tokens: z.number() }));

/** Checks the form of a snapshot that was read from a file. */
export const snapshotSchema = z.object({
  files: pairs(z.object({ stamp: z.string().exactOptional(), hash: z.string(), segments: segmentRecords, saved: segmentRecords })),
  ranker: z.object({
    lexical: z.object({
      segments: z.array(z.object({ id: z.number(), path: z.string(), startLine: z.number(), endLine: z.number(), definitions: strings })),
      nextId: z.number(),
      search: z.string(),
    }),
    imports: z.object({
      paths: strings,
      statements: pairs(z.array(z.object({ specifier: z.string(), names: strings }))),
      mappings: z.object({
        byFolder: pairs(z.array(z.object({ pattern: strings, targets: strings }))),
        packages: pairs(z.string()),
      }),
    }),
  }),
}) satisfies z.ZodType<WorkspaceSnapshot>;
