import type { Tokenizer } from '../../model';
import { stillFits, suffixBehind, type Suffix } from './suffix';

/**
 * Freezes the suffix while a person types: it stands before the typed text in the model's memory, so any change of it
 * would mean to read everything behind it again. It is taken anew after a jump or an edit behind the cursor.
 */
export class SuffixKeeper {
  private kept: { readonly document: string; readonly suffix: Suffix } | undefined;

  constructor(private readonly tokenizer: Tokenizer, private readonly most: number) {}

  /**
   * @param after the text behind the cursor
   * @param usable whether the model's memory can be continued with a suffix; if not, an old one has no advantage
   */
  choose(document: string, after: string, usable: (suffix: Suffix) => boolean): Suffix {
    const { kept } = this;
    if (kept !== undefined && kept.document === document && stillFits(kept.suffix, after) && usable(kept.suffix)) return kept.suffix;
    const suffix = suffixBehind(after, this.most, this.tokenizer);
    this.kept = { document, suffix };
    return suffix;
  }
}
