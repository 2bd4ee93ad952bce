import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { snapshotSchema, type WorkspaceSnapshot } from '../workspace';
import { openChecked, writeChecked } from './checkedFile';
import type { SizeBudget } from './sizeBudget';
import type { Writing } from './writing';

/** Raised when the form of a snapshot changes. */
const formatVersion = 1;

/**
 * Indexes of workspaces on the disk, a file each: a snapshot as JSON, compressed, named by the workspace's path. It is
 * checked as a whole before it is used; a damaged one counts as none.
 */
export class IndexStore {
  private readonly folder: string;

  /**
   * @param root the folder whose folders the budget measures
   * @param cutter names what cuts files into segments: the tokenizer and this program's version
   */
  constructor(
    root: string,
    private readonly cutter: string,
    private readonly budget: SizeBudget,
    private readonly writing: Writing,
    private readonly now: () => number,
  ) {
    this.folder = join(root, `indexes-${formatVersion}`);
  }

  /** @param workspace its absolute path */
  async load(workspace: string): Promise<WorkspaceSnapshot | undefined> {
    const path = this.pathOf(workspace);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const content = openChecked(this.nameOf(workspace), bytes);
    const snapshot = content && await parse(content);
    const time = this.now() / 1000;
    // Neither matters where the folder may only be read.
    if (snapshot === undefined) await rm(path, { force: true }).catch(() => undefined);
    else await utimes(path, time, time).catch(() => undefined);
    return snapshot;
  }

  async save(workspace: string, snapshot: WorkspaceSnapshot): Promise<void> {
    const compressed = await promisify(gzip)(JSON.stringify(snapshot), { level: constants.Z_BEST_SPEED });
    await this.writing.attempt(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await this.budget.added(await writeChecked(this.pathOf(workspace), this.nameOf(workspace), [compressed], this.now()));
    });
  }

  private pathOf(workspace: string): string {
    return join(this.folder, createHash('sha256').update(this.nameOf(workspace)).digest('hex').slice(0, 32));
  }

  private nameOf(workspace: string): string {
    return `index ${formatVersion} ${this.cutter} ${workspace}\n`;
  }
}

async function parse(content: Uint8Array): Promise<WorkspaceSnapshot | undefined> {
  try {
    const text = (await promisify(gunzip)(content)).toString('utf8');
    return snapshotSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
