/** The part of the tokenizer that documents need. */
export interface TokenEncoder {
  /** Token ids of ordinary text. */
  encode(text: string): Uint32Array;
}
