const marks = /^\s*(?:\/{2,}!?|\/\*+!?|\*+\/?|#+(?!\[|!|include|define|if|endif|pragma)|--+)\s?|\*\/\s*$/g;
const isComment = /^\s*(?:\/\/|\/\*|\*|#(?!\[|!|include|define|if|endif|pragma|undef|else)|--)/;
const longest = 140;

/** The first sentence of the comment directly above a line (0-based); empty without one. Annotations in between do not part them. */
export function commentAbove(lines: readonly string[], line: number): string {
  let end = line;
  while (end > 0 && /^\s*(?:@\w|#\[|\[\[|template\s*<)/.test(lines[end - 1])) end--;
  let start = end;
  while (start > 0 && isComment.test(lines[start - 1])) start--;
  return firstSentence(lines.slice(start, end).map((text) => text.replace(marks, '')));
}

/** The first sentence of the comment that a file begins with; empty without one. What starts a script or turns a linter off is none. */
export function commentAtTop(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#!'));
  if (start < 0 || !isComment.test(lines[start])) return '';
  let end = start;
  while (end < lines.length && isComment.test(lines[end])) end++;
  return firstSentence(lines.slice(start, end).map((text) => text.replace(marks, '')));
}

/** The first sentence of the string that a Python body begins with (0-based lines). */
export function docstringIn(lines: readonly string[], start: number, end: number): string {
  for (let line = start + 1; line <= Math.min(end, start + 12); line++) {
    const opened = /^\s*[rRuU]?("""|''')(.*)$/.exec(lines[line]);
    if (opened === null) continue;
    const text = [opened[2], ...lines.slice(line + 1, end + 1)];
    const closed = text.findIndex((one) => one.includes(opened[1]));
    return firstSentence(text.slice(0, closed < 0 ? 1 : closed + 1).map((one) => one.replace(opened[1], '')));
  }
  return '';
}

/** Up to the first full stop or blank line; tags of documentation tools end it too. */
function firstSentence(lines: readonly string[]): string {
  const text: string[] = [];
  for (const line of lines.map((one) => one.trim())) {
    if (line === '' ? text.length > 0 : /^[@\\]\w|^(?:eslint|noqa|type:|prettier|Copyright|SPDX|Licensed)/i.test(line)) break;
    if (line !== '') text.push(line);
  }
  const joined = text.join(' ');
  const sentence = /^.*?[.!?](?=\s|$)/.exec(joined)?.[0] ?? joined;
  return sentence.length <= longest ? sentence : `${sentence.slice(0, longest - 1).trimEnd()}…`;
}
