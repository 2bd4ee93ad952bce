import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { doNotReadMatcher, readWorkspace, type WorkspaceFile } from '../../../src/engine/workspace';
import { grammarFor } from '../../../src/engine/workspace/segment/language';
import { defaultDoNotRead } from '../../../src/protocol';
import type { Bench } from '../bench';

/** A part of a repository as a folder of its own. */
export interface Sample {
  readonly folder: string;
  readonly files: readonly string[];
  readonly tokens: number;
}

/** A file to complete in: long enough to have a beginning, short enough not to measure the reading of a long file. */
const targetTokens = { least: 600, most: 3_000 };

/** Files of a repository in the order in which samples take them in: code before anything else, by path. */
export async function filesOf(repo: string): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for await (const file of readWorkspace(repo, doNotReadMatcher(defaultDoNotRead))) if ('text' in file) files.push(file);
  const isCode = ({ path }: WorkspaceFile) => grammarFor(path) !== undefined;
  return [...files.filter(isCode), ...files.filter((file) => !isCode(file))];
}

/** Writes the first files that have so many tokens; all of them when they have fewer. */
export async function writeSample(folder: string, files: readonly WorkspaceFile[], atLeast: number, { tokenizer }: Bench): Promise<Sample> {
  const taken: string[] = [];
  let tokens = 0;
  for (const { path, text } of files) {
    if (tokens >= atLeast) break;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    taken.push(path);
    tokens += tokenizer.encode(text).length;
  }
  return { folder, files: taken, tokens };
}

/**
 * The file to complete in: of the smallest sample the one with most lines that import something.
 *
 * @throws Error when the sample has no file of a fitting length
 */
export function chooseTarget(files: readonly WorkspaceFile[], { tokenizer }: Bench): WorkspaceFile {
  const fitting = files.filter(({ text }) => {
    const { length } = tokenizer.encode(text);
    return length >= targetTokens.least && length <= targetTokens.most;
  });
  const imports = ({ text }: WorkspaceFile) => text.match(/^\s*(?:import|from|use|#include|const .* = require)\b/gm)?.length ?? 0;
  const target = fitting.reduce<WorkspaceFile | undefined>((best, file) => (best === undefined || imports(file) > imports(best) ? file : best), undefined);
  if (target === undefined) throw new Error(`No file of ${targetTokens.least} to ${targetTokens.most} tokens to complete in.`);
  return target;
}
