/** Shorter sentences may well stand twice: "Yes.", `}`, a list's marker. */
const shortestSentence = 24;
/** A short unit over and over until it is this long. */
const stuck = /^([^]{1,60}?)\1{3,}/;
const stuckLength = 48;

/**
 * Where a text begins to go round in circles, looking at its end alone (it is asked after every token): the last whole
 * sentence or line has stood there before outside a quotation of code, or a short unit repeats itself.
 *
 * @returns the offset of the first repetition; undefined when there is none
 */
export function repetitionStart(text: string): number | undefined {
  return repeatedSentence(text) ?? repeatedUnit(text);
}

function repeatedSentence(text: string): number | undefined {
  if (!/[.!?\n:]\s?$/.test(text) || isInFence(text)) return undefined;
  const sentences = sentencesOf(text);
  const last = sentences.at(-1);
  if (last === undefined || last.words.length < shortestSentence) return undefined;
  return sentences.slice(0, -1).some(({ words }) => words === last.words) ? last.start : undefined;
}

/** Read from the end backwards, where the repetition is. */
function repeatedUnit(text: string): number | undefined {
  const tail = Array.from(text.slice(-400)).reverse().join('');
  const match = stuck.exec(tail);
  if (match === null || match[0].length < stuckLength || !/[\p{L}\p{N}]/u.test(match[1])) return undefined;
  return text.length - match[0].length + match[1].length;
}

/** Sentences and lines outside of code blocks, white space made one. */
function sentencesOf(text: string): { readonly start: number; readonly words: string }[] {
  const sentences: { start: number; words: string }[] = [];
  let inFence = false;
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    if (line.trimStart().startsWith('```')) inFence = !inFence;
    else if (!inFence) {
      for (const part of line.matchAll(/.+?(?:(?<!\d)[.!?:](?=\s|$)|$)/g)) {
        sentences.push({ start: index + part.index, words: part[0].replace(/^[\s\d.*-]+/, '').replace(/\s+/g, ' ').trim() });
      }
    }
  }
  return sentences.filter(({ words }) => words !== '');
}

function isInFence(text: string): boolean {
  return (text.match(/^\s*```/gm) ?? []).length % 2 === 1;
}
