import { relative } from 'node:path';
import type { WorkspaceAttention, WorkspaceChange, WorkspaceReport } from '../../protocol';
import type { OpenedDocument } from '../documents';
import type { Attention, InnerFolder } from '../workspace';
import type { Folder } from './folder';
import { pathInside } from './pathInside';

/** Where a document lies in the workspace. */
export interface Located {
  readonly folder: Folder;
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
}

/** The text of a document that its folder was told. */
interface ToldText extends Located {
  readonly version: number;
}

/** The folders of the workspace, and what is known of the editor's doings in them. */
export class Folders {
  private attention: WorkspaceAttention = { open: [], recent: [] };
  private readonly told = new Map<string, ToldText>();
  /** The one that was completed in last. */
  private latest: Folder | undefined;

  /** @param folders in the editor's order */
  constructor(private readonly folders: readonly Folder[]) {}

  /** The folder that a question is about. @throws Error when there is no folder */
  get current(): Folder {
    const folder = this.latest ?? this.folders.at(0);
    if (folder === undefined) throw new Error('A workspace has at least one folder.');
    return folder;
  }

  /** The innermost folder that a document lies in; undefined for one outside or never saved. */
  async locate(uri: string): Promise<Located | undefined> {
    let found: Located | undefined;
    for (const folder of this.folders) {
      const path = await pathInside(folder.options.folder, uri);
      if (path !== undefined && (found === undefined || path.length < found.path.length)) found = { folder, path };
    }
    return found;
  }

  /** Where a folder lies in the workspace; undefined for one outside. @param path absolute */
  holding(path: string): InnerFolder | undefined {
    const found = this.folders.flatMap((folder) => {
      const { folder: root, doNotRead } = folder.options;
      const inner = relative(root, path) === '' ? '' : folder.pathOf(path);
      return inner === undefined ? [] : [{ root, below: inner === '' ? '' : `${inner}/`, doNotRead }];
    });
    return found.sort((a, b) => a.below.length - b.below.length).at(0);
  }

  /** Something is done in a folder. */
  enter(path: string | undefined): Folder {
    this.latest = this.folders.find(({ options }) => options.folder === path) ?? this.current;
    return this.latest;
  }

  changed(change: WorkspaceChange): void {
    for (const folder of this.folders) folder.changed(change);
  }

  attend(attention: WorkspaceAttention): void {
    this.attention = attention;
  }

  attentionIn(folder: Folder): Attention {
    const inside = (paths: readonly string[]) => paths.flatMap((path) => folder.pathOf(path) ?? []);
    return { open: inside(this.attention.open), recent: inside(this.attention.recent) };
  }

  /**
   * Tells the folders the texts of open documents that changed since the last time, and which were closed.
   *
   * @param except a document whose file is not asked for: it is the one with the cursor
   */
  async follow(documents: Iterable<OpenedDocument>, except: string): Promise<void> {
    const closed = new Set(this.told.keys());
    for (const { uri, version, content } of documents) {
      if ('unreadable' in content || content.isBinary) continue;
      closed.delete(uri);
      if (uri === except || this.told.get(uri)?.version === version) continue;
      const located = this.told.get(uri) ?? await this.locate(uri);
      if (located === undefined) continue;
      this.told.set(uri, { folder: located.folder, path: located.path, version });
      located.folder.setOpenText(located.path, content.text);
    }
    for (const uri of closed) this.close(uri);
  }

  report(): WorkspaceReport {
    return { folders: this.folders.map((folder) => folder.report()) };
  }

  /** @returns when nothing is read any more, however it was ended */
  async settled(): Promise<void> {
    for (const folder of this.folders) await folder.settled();
  }

  /** @returns when everything is kept that is to outlive the process */
  async keep(): Promise<void> {
    for (const folder of this.folders) await folder.keep();
  }

  private close(uri: string): void {
    const told = this.told.get(uri);
    this.told.delete(uri);
    told?.folder.setOpenText(told.path, undefined);
  }
}
