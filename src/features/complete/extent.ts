import type { CompletionRequest } from '../../protocol';

/** The setting `sparsek.complete.extent`. */
export type ExtentPreference = 'auto' | CompletionRequest['extent'];

export interface LineAtCursor {
  readonly before: string;
  readonly after: string;
}

/**
 * How far a completion should reach. Left to choose, it is a block where one begins (on an empty line, behind an opening
 * bracket, an arrow or a colon) and the rest of the line everywhere else.
 */
export function extentAt({ before, after }: LineAtCursor, preference: ExtentPreference): CompletionRequest['extent'] {
  if (preference !== 'auto') return preference;
  if (!onlyClosers.test(after)) return 'line';
  return blockBegins.test(before) ? 'block' : 'line';
}

const onlyClosers = /^[\s)\]}>"'`;,]*$/;
const blockBegins = /(^|[{([:]|=>|->)\s*$/;
