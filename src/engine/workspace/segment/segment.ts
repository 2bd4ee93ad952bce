/** The longest segment in tokens, its path line included: with the sink of four it fills 1,024 positions. */
export const maxSegmentTokens = 1020;

/**
 * A run of whole lines of one file (or a piece of one line that is too long to fit), read by the model on its own. The
 * model sees `header + body`; the bodies of a file's segments, in order, are exactly the file.
 */
export interface Segment {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  /** 1-based, inclusive. */
  readonly endLine: number;
  /** The path and a line break. */
  readonly header: string;
  readonly body: string;
  /** Ids of `header + body`: between 1 and {@link maxSegmentTokens}. */
  readonly tokens: Int32Array;
  readonly cut: Cut;
  /** Names that this segment declares, in order, without repeats. */
  readonly definitions: readonly string[];
}

/**
 * Where a segment begins: at the file's first line, at a declaration (top-level, or a member of a class, interface,
 * namespace or the like, or a function in a function), at a boundary inside a declaration too large for one segment, or within a line.
 */
export type Cut = 'file' | 'declaration' | 'inside' | 'line';

/** The part of the tokenizer that cutting needs. */
export interface TokenEncoder {
  /** Token ids of ordinary text: markers such as `<|fim_prefix|>` in it are plain characters. */
  encode(text: string): ArrayLike<number>;
}
