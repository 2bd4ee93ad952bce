const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const closing = new Set(Object.values(pairs));

export interface UnmatchedBracket {
  readonly bracket: string;
  readonly offset: number;
}

/**
 * Brackets without a partner, strings left out: closing ones that nothing opened, and opening ones that nothing closed. A
 * quote counts as open no further than its line, so an apostrophe in a comment does little harm.
 */
export function unmatchedBrackets(text: string): { readonly closers: UnmatchedBracket[]; readonly openers: UnmatchedBracket[] } {
  const closers: UnmatchedBracket[] = [];
  const openers: UnmatchedBracket[] = [];
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '"' || character === '\'' || character === '`') offset = stringEnd(text, offset);
    else if (character in pairs) openers.push({ bracket: character, offset });
    else if (closing.has(character)) {
      const opener = openers.at(-1);
      if (opener !== undefined && pairs[opener.bracket] === character) openers.pop();
      else closers.push({ bracket: character, offset });
    }
  }
  return { closers, openers };
}

export function partnerOf(opener: string): string | undefined {
  return pairs[opener];
}

/** The offset of a string's closing quote, or of the line's end where it has none. */
function stringEnd(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === '\\') offset++;
    else if (text[offset] === text[start] || text[offset] === '\n' || text[offset] === '\r') return offset;
  }
  return text.length;
}
