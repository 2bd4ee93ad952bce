import type { Filter } from './filter';

/** Nothing that can be seen is nothing to suggest. */
export const blank: Filter = {
  name: 'blank',
  apply: (text) => (text.trim() === '' ? undefined : text),
};
