import type { Tokenizer } from '../../../src/engine/model';
import type { Random } from '../../fixtures/random';
import { shuffled, targetOf, targetsOf } from '../quality/episodes';
import { lineTasks, type LineTask } from '../quality/lines';
import { namesElsewhere, type Repository } from '../quality/repository';

/** Lines of one file: the peer reads its ring once for all of them, which takes minutes on a processor. */
export const mostLines = 6;
const fewestLines = 3;

/** Lines that use names of other files, in drawn files with at least three of them. Each group in the order of its file. */
export function* drawGroups({ files }: Pick<Repository, 'files'>, tokenizer: Tokenizer, random: Random): Generator<LineTask[], void> {
  for (const file of shuffled(targetsOf(files), random)) {
    const tasks = lineTasks(file, targetOf(file, tokenizer), namesElsewhere(files, file.path), tokenizer);
    if (tasks.length < fewestLines) continue;
    yield shuffled(tasks, random).slice(0, mostLines).sort((a, b) => a.before.length - b.before.length);
  }
}

/** The text before a cursor as it was one key earlier. */
export function beforeLastKey(before: string): string {
  const isPair = (before.codePointAt(before.length - 2) ?? 0) > 0xffff;
  return before.slice(0, isPair ? -2 : -1);
}
