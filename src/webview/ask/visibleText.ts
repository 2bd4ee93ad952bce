/** Characters that reorder or hide others: a name that reads differently from what it is. */
const deceptive = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\u2060\ufeff]/g;

/** The text with every such character written out. */
export function visibleText(text: string): string {
  return text.replace(deceptive, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
