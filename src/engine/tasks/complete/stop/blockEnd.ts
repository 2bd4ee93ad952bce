import { indentationOf, lineBefore, linesOf } from '../surroundings';
import type { StopRule } from './stopRule';

/**
 * A block ends where the indentation does.
 *
 * If the lines that follow are indented deeper than the cursor's line, that line opened a block: it ends with the first
 * line that is not deeper, which still belongs to it when it closes a bracket. Otherwise the lines are statements beside the
 * cursor's: they end at a blank line, or where the enclosing block does.
 */
export const blockEnd: StopRule = {
  name: 'block-end',
  end(text, surroundings) {
    const [first, ...rest] = linesOf(text);
    const base = indentationOf(lineBefore(surroundings) + first.line);
    const startsBelow = first.line.trim() === '';
    let opened: boolean | undefined;
    for (const { line, start, complete } of rest) {
      if (line.trim() === '') {
        // The line may still be growing, and blank lines before anything is written only lead to it.
        if (complete && opened === false) return lastLineEnd(text, start);
        continue;
      }
      const indentation = indentationOf(line);
      if (opened === undefined) {
        opened = indentation > base;
        if (indentation < base && !startsBelow) return lastLineEnd(text, start);
        continue;
      }
      if (indentation > base) continue;
      if (opened && indentation === base && /^\s*[)\]}]/.test(line)) {
        if (!complete) return undefined;
        // `} else {` and `}, {` go on.
        if (!/[([{:]\s*$/.test(line)) return start + line.length;
        continue;
      }
      if (opened || indentation < base) return lastLineEnd(text, start);
    }
    return undefined;
  },
};

/** The end of the last line before an offset that is not blank. */
function lastLineEnd(text: string, offset: number): number {
  return text.slice(0, offset).trimEnd().length;
}
