import type { Lookup } from './lookup';

/**
 * Tokens of one verifying run at most. On the CPU four tokens cost about 1.6 and eight about 2.5 times as much as one.
 */
export const longestRun = 8;
/** From so many agreeing tokens on, the text is being repeated rather than resembled. */
const confidentMatch = 8;
/**
 * Tokens of a proposal, so that runs have 2, 4 or 8. Of a dozen rules tried on 960 recorded greedy tokens this one needed the
 * least time by the cost of such runs, with others within 3 %.
 */
const proposalLengths = { single: 1, usual: 3, confident: 7 } as const;

/** Decides what to propose before each run, and learns from what became of it. */
export class Speculation {
  private streak = 0;

  /**
   * @param first proposed before anything else: the usual spelling of text that is required anyway
   * @param lookup none: nothing else is proposed
   */
  constructor(private first: Int32Array, private readonly lookup?: Lookup) {}

  /** @param most tokens that the run still takes */
  propose(most: number): Int32Array {
    if (this.first.length > 0) {
      const first = this.first.subarray(0, most);
      this.first = this.first.subarray(first.length);
      return first;
    }
    const proposal = this.lookup?.propose(proposalLengths.confident);
    if (proposal === undefined) return new Int32Array(0);
    return proposal.tokens.subarray(0, Math.min(most, this.lengthFor(proposal.matched)));
  }

  private lengthFor(matched: number): number {
    if (this.streak > 0 || matched >= confidentMatch) return proposalLengths.confident;
    return matched === 1 ? proposalLengths.single : proposalLengths.usual;
  }

  /** Tells how much of a proposal was right, and what was written. */
  learn(proposed: number, accepted: number, written: readonly number[]): void {
    if (accepted < proposed) this.first = this.first.subarray(this.first.length);
    if (proposed > 0) this.streak = accepted === proposed ? this.streak + 1 : 0;
    for (const token of written) this.lookup?.push(token);
  }
}
