const partners: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const quotes = '"\'`';
const openers = Object.values(partners).join('');

/**
 * An editor that closes brackets and quotes by itself puts closers behind the cursor. How many of them does `text`, written
 * at the cursor, bring itself, so that it must replace them?
 *
 * @param closers what the editor put there, the innermost first
 * @returns undefined when the text cannot stand before these closers
 */
export function closersBroughtBy(text: string, closers: string): number | undefined {
  if (!/^[)\]}"'`]*$/.test(closers)) return undefined;
  const open: string[] = [];
  let brought = 0;
  for (let i = 0; i < text.length && brought < closers.length; i++) {
    const character = text.charAt(i);
    const awaited = closers.charAt(brought);
    if (character === '\\') i++;
    else if (quotes.includes(awaited)) brought += character === awaited ? 1 : 0;
    else if (openers.includes(character)) open.push(character);
    else if (character in partners && open.at(-1) === partners[character]) open.pop();
    else if (character in partners) {
      if (character !== awaited || open.length > 0) return undefined;
      brought++;
    }
  }
  return brought;
}
