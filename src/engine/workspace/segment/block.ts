/** A run of lines that belongs together, and the parts it falls into when it is too large for one segment. */
export interface Block {
  /** 0-based, inclusive. */
  readonly start: number;
  /** 0-based, exclusive; above `start`. */
  readonly end: number;
  /** Whether its first line begins a declaration that other code can see: not one local to a function. */
  readonly declares: boolean;
  /** At least two blocks that cover this one in order, or none: then only its lines are left to cut at. */
  parts(): Block[];
}
