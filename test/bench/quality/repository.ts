import type { Tokenizer } from '../../../src/engine/model';
import { doNotReadMatcher, Grammars, Segmenter, Workspace, type Segment } from '../../../src/engine/workspace';
import { defaultDoNotRead } from '../../../src/protocol';

/** A file of the repository with all of its segments. */
export interface CutFile {
  readonly path: string;
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** Remembers what it has cut, so that a chosen segment's file is not cut again. */
class RememberingSegmenter extends Segmenter {
  readonly files = new Map<string, CutFile>();

  override async segment(path: string, text: string): Promise<Segment[]> {
    const known = this.files.get(path);
    if (known?.text === text) return [...known.segments];
    const segments = await super.segment(path, text);
    // The first text is the one on the disk; a text with a line taken out is only asked about.
    if (known === undefined) this.files.set(path, { path, text, segments });
    return segments;
  }
}

/** A repository as the engine reads it. */
export interface Repository {
  readonly workspace: Workspace;
  /** In the order of the walk. */
  readonly files: readonly CutFile[];
}

/** @throws ProblemError when the folder cannot be read */
export async function readRepository(folder: string, tokenizer: Tokenizer, grammars: Grammars): Promise<Repository> {
  const segmenter = new RememberingSegmenter(tokenizer, grammars);
  const workspace = await Workspace.open(folder, segmenter, doNotReadMatcher(defaultDoNotRead));
  await workspace.read();
  return { workspace, files: [...segmenter.files.values()] };
}

/** Names that files other than this one declare. */
export function namesElsewhere(files: readonly CutFile[], path: string): Set<string> {
  return new Set(files.filter((file) => file.path !== path).flatMap(({ segments }) => segments.flatMap(({ definitions }) => definitions)));
}
