import { suffixBehind, suffixLookahead } from '../tasks/complete/suffix';
import type { Tokenizer } from '../model';

/** Where a completion is asked for. */
export interface Place {
  /** Absolute path of the workspace's folder that it lies in; without it the first. */
  readonly folder?: string;
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** UTF-16 offset of the cursor. */
  readonly offset: number;
}

/** The last line (1-based) that a request's suffix reaches: what begins behind it is read in no other way. */
export function lastLineOfSuffix({ text, offset }: Place, mostTokens: number, tokenizer: Tokenizer): number {
  const after = text.slice(offset, offset + suffixLookahead);
  const suffix = suffixBehind(after, mostTokens, tokenizer).text;
  const start = Math.max(0, after.indexOf(suffix));
  const lines = text.slice(0, offset + start + suffix.length).split(/\r\n|\r|\n/);
  return lines.length - (lines[lines.length - 1] === '' ? 1 : 0);
}
