/** A line that its own author marked. */
export interface Remark {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

const marked = /(?:^|[\s/#*(-])(?:TODO|FIXME|HACK|XXX|BUG|SAFETY|WARNING|Gotcha|Workaround|deprecated)\b[:(\s-]/i;
const comment = /(?:\/\/|\/\*|#|^\s*\*|--|<!--)\s*(.*)$/;
const most = 8;
const longest = 120;

/** What the comments of a file say is unfinished, dangerous or a detour. */
export function remarksIn(lines: readonly string[]): Remark[] {
  return lines.flatMap((text, i) => {
    const words = comment.exec(text)?.[1] ?? '';
    return marked.test(` ${words} `) ? [{ line: i + 1, text: words.replace(/\*\/\s*$/, '').trim().slice(0, longest) }] : [];
  }).slice(0, most);
}
