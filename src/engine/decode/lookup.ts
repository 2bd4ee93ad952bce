/** A longer match is not more telling. */
const longestMatch = 12;

export interface Proposal {
  readonly tokens: Int32Array;
  /** Tokens before the proposed ones that agree with the end of the text. */
  readonly matched: number;
}

const nothing: Proposal = { tokens: new Int32Array(0), matched: 0 };

/**
 * Proposes what comes next by looking up where the text's last tokens stood before (prompt lookup decoding, Saxena 2023):
 * code repeats itself. Searching 300,000 tokens takes less than a millisecond, so nothing is indexed.
 */
export class Lookup {
  private readonly text: Int32Array;
  private length: number;

  /**
   * @param before tokens up to the cursor
   * @param behind tokens of the rest of the document
   * @param most tokens that will be {@link push}ed
   */
  constructor(before: Int32Array, private readonly behind: Int32Array, most: number) {
    this.text = new Int32Array(before.length + most);
    this.text.set(before);
    this.length = before.length;
  }

  push(token: number): void {
    if (this.length < this.text.length) this.text[this.length++] = token;
  }

  /** What followed the longest match, the nearest before the cursor where several are as long. */
  propose(count: number): Proposal {
    const text = this.text.subarray(0, this.length);
    const before = longestRepeat(text, text, this.length - 2);
    const match = before.matched >= longestMatch ? before : better(before, longestRepeat(text, this.behind, this.behind.length - 2));
    if (match.matched === 0) return nothing;
    return { tokens: match.in.slice(match.end, match.end + count), matched: match.matched };
  }
}

interface Match {
  readonly in: Int32Array;
  /** Behind the matched tokens. */
  readonly end: number;
  readonly matched: number;
}

function better(a: Match, b: Match): Match {
  return b.matched > a.matched ? b : a;
}

/** The longest run in `tokens` ending at `last` or before that equals the end of `text`. */
function longestRepeat(text: Int32Array, tokens: Int32Array, last: number): Match {
  let end = 0;
  let matched = 0;
  const final = text.length - 1;
  for (let i = last; i >= 0 && matched < longestMatch; i--) {
    if (tokens[i] !== text[final]) continue;
    let length = 1;
    while (length < longestMatch && length <= i && length <= final && tokens[i - length] === text[final - length]) length++;
    if (length > matched) {
      matched = length;
      end = i + 1;
    }
  }
  return { in: tokens, end, matched };
}
