import { createHash } from 'node:crypto';

/** What is known of a file whose segments are in the index. */
export interface FileRecord {
  /** Of `stampOf`, from before the text was read; none where the text in the index is not the one on the disk. */
  readonly stamp?: string;
  /** Of the text in the index. */
  readonly hash: string;
  /** The segments of the text in the index. */
  readonly segments: readonly SegmentRecord[];
  /** The segments of the text that was last seen on the disk. */
  readonly saved: readonly SegmentRecord[];
}

export interface SegmentRecord {
  /** Of `segmentKey`. */
  readonly key: string;
  /** How many it has. */
  readonly tokens: number;
}

/** Where a text was seen. */
export interface Sighting {
  readonly text: string;
  /** Whether it lies so on the disk; otherwise it is an open file's, not saved. */
  readonly saved: boolean;
  readonly stamp?: string;
}

/** What the index holds of each file, so that no file is read or cut again that has not changed. */
export class FileRecords {
  private readonly records = new Map<string, FileRecord>();
  private readonly forbidden = new Set<string>();

  constructor(records: Iterable<readonly [string, FileRecord]> = []) {
    for (const [path, record] of records) this.records.set(path, record);
  }

  paths(): Iterable<string> {
    return this.records.keys();
  }

  entries(): [string, FileRecord][] {
    return [...this.records];
  }

  stampOf(path: string): string | undefined {
    return this.records.get(path)?.stamp;
  }

  /** Whether the index has this text; if so, takes note of where it was seen now. */
  sees(path: string, sighting: Sighting): boolean {
    const record = this.records.get(path);
    if (record?.hash !== hashOf(sighting.text)) return false;
    this.note(path, sighting, record.segments);
    return true;
  }

  /** Takes note of a text that comes into the index, with its segments. */
  note(path: string, { text, saved, stamp }: Sighting, segments: readonly SegmentRecord[]): void {
    const before = this.records.get(path)?.saved ?? [];
    this.records.set(path, { ...(saved && stamp !== undefined ? { stamp } : {}), hash: hashOf(text), segments, saved: saved ? segments : before });
  }

  /** @param mayBeRead whether it went because it is not there, and not because it must not be read any more */
  remove(path: string, mayBeRead: boolean): void {
    if (!mayBeRead) for (const { key } of this.saved(path)) this.forbidden.add(key);
    this.records.delete(path);
  }

  /** The segments of a file as it lies on the disk. */
  saved(path: string): readonly SegmentRecord[] {
    return this.records.get(path)?.saved ?? [];
  }

  /** Keys of segments that came to be forbidden since this was asked last, less those that another file has as well. */
  takeForbidden(): string[] {
    const allowed = new Set([...this.records.values()].flatMap(({ saved }) => saved.map(({ key }) => key)));
    const keys = [...this.forbidden].filter((key) => !allowed.has(key));
    this.forbidden.clear();
    return keys;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
