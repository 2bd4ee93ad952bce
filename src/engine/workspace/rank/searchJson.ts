import type MiniSearch from 'minisearch';

/** Terms that are written between two turns of the event loop: a few milliseconds. */
const termsAtOnce = 2_000;

/** `JSON.stringify` of a search index, which for a large workspace would hold up everything else for half a second. */
export async function jsonOf(search: MiniSearch<never>): Promise<string> {
  const { index, ...rest } = search.toJSON();
  const parts: string[] = [];
  for (let start = 0; start < index.length; start += termsAtOnce) {
    const terms = index.slice(start, start + termsAtOnce).map((term) => JSON.stringify(term));
    parts.push(terms.join(','));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return `${JSON.stringify(rest).slice(0, -1)},"index":[${parts.join(',')}]}`;
}
