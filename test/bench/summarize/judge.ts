import { topLevelNames } from './topLevel';

export interface Verdict {
  readonly links: number;
  /** Links whose name stands in the line that they lead to. */
  readonly rightLinks: number;
  readonly topLevel: number;
  /** Top-level names that a link shows. */
  readonly covered: number;
}

const link = /\[`([^`]+)`\]\([^)]*#L(\d+)\)/g;

/** What a summary in Markdown names, against the file's own text. */
export function judge(path: string, text: string, summary: string): Verdict {
  const lines = text.split(/\r\n?|\n/);
  const links = [...summary.matchAll(link)].map(([, name, line]) => ({ name, line: Number(line) }));
  const names = topLevelNames(path, text);
  const shown = new Set(links.map(({ name }) => name));
  return {
    links: links.length,
    rightLinks: links.filter(({ name, line }) => lines.at(line - 1)?.includes(name)).length,
    topLevel: names.size,
    covered: [...names].filter((name) => shown.has(name)).length,
  };
}
