import type { Filter } from './filter';

/** White space at the end shows nothing and would only move the cursor. */
export const trailingSpace: Filter = {
  name: 'trailing-space',
  apply: (text) => text.trimEnd(),
};
