import { basename, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Editor, GhostText } from '../host/editor';
import type { Scene } from './scenes';

export interface CompletedScene {
  readonly ghost: GhostText;
  /** The file before and after, as it is on disk. */
  readonly before: string;
  readonly after: string;
}

const ghostTimeout = 60_000;

/**
 * Plays one scene: opens the file, types, waits for the ghost text, takes it with Tab and saves.
 *
 * @param shot is called with each state worth a picture.
 */
export async function completeScene(
  editor: Editor,
  workspace: string,
  scene: Scene,
  shot: (name: string) => Promise<void> = () => Promise.resolve(),
): Promise<CompletedScene> {
  const path = join(workspace, scene.file);
  const before = await readFile(path, 'utf8');
  await editor.open(basename(scene.file));
  await editor.goToEnd();
  await editor.type(scene.typed);
  const ghost = await editor.ghostText(ghostTimeout);
  await shot(`${scene.name}-1-ghost-text`);
  await editor.accept();
  await shot(`${scene.name}-2-accepted`);
  await editor.save();
  return { ghost, before, after: await readFile(path, 'utf8') };
}
