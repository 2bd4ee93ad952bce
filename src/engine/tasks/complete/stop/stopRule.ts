import type { Surroundings } from '../surroundings';

/** Decides, after every token, whether what was written is complete. */
export interface StopRule {
  readonly name: string;
  /** @returns how many characters of the text stay when it shall end here; undefined when it may go on */
  end(text: string, surroundings: Surroundings): number | undefined;
}
