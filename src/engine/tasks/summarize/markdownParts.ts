import { importedFrom } from '../../workspace';
import type { OutlinedFile } from './folderFiles';
import type { Part } from './outline';
import { remarksIn } from './remarks';

/** Makes the target of a link to a line. */
export type LinkTo = (line: number) => string;

const mostMembers = 12;

/** A part's line in the list: its name as a link, then what it is for. */
export function partLine({ name, startLine, endLine, members }: Part, purpose: string, linkTo: LinkTo): string {
  const inside = members.slice(0, mostMembers).map((member) => `[\`${member.name}\`](${linkTo(member.line)})`).join(', ');
  const more = members.length > mostMembers ? ` and ${members.length - mostMembers} more` : '';
  return `- [\`${plain(name)}\`](${linkTo(startLine)}) (${startLine}–${endLine})${purpose === '' ? '' : `: ${escapeMarkdown(purpose)}`}\n`
    + (inside === '' ? '' : `  - ${inside}${more}\n`);
}

const mostNames = 8;

/** A file's line in the overview of a folder: the file as a link, what it is for, and its parts. @param link to the file */
export function fileLine({ path, lines, parts }: OutlinedFile, purpose: string, link: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = parts.slice(0, mostNames).map((part) => `[\`${plain(part.name)}\`](${link}#L${part.startLine})`).join(', ');
  const more = parts.length > mostNames ? ` and ${parts.length - mostNames} more` : '';
  return `- [\`${plain(name)}\`](${link}) (${lines} lines)${purpose === '' ? '' : `: ${escapeMarkdown(purpose)}`}\n`
    + (named === '' ? '' : `  - ${named}${more}\n`);
}

export function dependencies(path: string, text: string): string {
  const modules = [...new Set(importedFrom(path, text))];
  if (modules.length === 0) return '';
  return `\n## Dependencies\n\n${modules.map((module) => `- \`${plain(module)}\``).join('\n')}\n`;
}

/** @param skipped lines before the summarized ones */
export function remarks(lines: readonly string[], skipped: number, linkTo: LinkTo): string {
  const found = remarksIn(lines);
  if (found.length === 0) return '';
  return `\n## Marked in comments\n\n${found.map(({ line, text }) => `- [line ${line + skipped}](${linkTo(line + skipped)}): ${escapeMarkdown(text)}`).join('\n')}\n`;
}

/** Text of a file or of the model as text: it can become no link, no element, no code. */
export function escapeMarkdown(text: string): string {
  return plain(text).replace(/[\`*_{}[\]<>#|!&]/g, '\\$&');
}

/** Without line breaks, backticks and characters that hide or reorder what is read. */
function plain(text: string): string {
  return text.replace(/[\r\n`]+/g, ' ').replace(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff]/g, '');
}
