import type { Surroundings } from '../surroundings';

/** Looks at a finished completion once. */
export interface Filter {
  readonly name: string;
  /** @returns the text, changed or not; undefined withholds it, with the filter's name as the reason */
  apply(text: string, surroundings: Surroundings, ending: Ending): string | undefined;
}

/** Why the model wrote no more: it ended the text, a stop rule did, or the number of tokens. */
export type Ending = 'model' | 'rule' | 'limit';
