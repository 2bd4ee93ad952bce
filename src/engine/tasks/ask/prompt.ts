import type { Evidence } from './evidence/evidence';
import type { SymbolFact } from './symbolFacts';

/** Short, since a small model forgets long instructions. */
export const systemText = 'You explain a code base to a programmer. Use only the excerpts that are given. If they do not answer the question, say so. Be short and exact.';

/** Evidence first, the question and what to do with it last: a small model heeds what it read last. */
export function questionText(question: string, evidence: readonly Evidence[], facts: readonly SymbolFact[]): string {
  const excerpts = evidence.map(({ path, startLine, endLine, language, text }, i) => (
    `[${i + 1}] ${path}, lines ${startLine} to ${endLine}:\n\`\`\`${language}\n${text}\n\`\`\``
  ));
  const known = facts.map(({ name, path, line, signature, uses }) => (
    `\`${name}\` is declared in ${path}:${line} as \`${signature}\`${uses.length === 0 ? '' : `, used in ${uses.join(', ')}`}.`
  ));
  return [
    ...excerpts,
    ...(known.length === 0 ? [] : [`From the index:\n${known.join('\n')}`]),
    `Question: ${question}`,
    'Answer in two to four sentences. Name the functions and values that matter, and give the number of the excerpt in brackets, such as [1].',
  ].join('\n\n');
}

/**
 * What every answer begins with: the lines that have most to do with the question, copied, not written by the model, which
 * goes on behind them. They are there at once. The second excerpt is quoted as well where it is of the same file, often with
 * the value that the first goes by; one of another file leads a small model astray. Without the last words it would go on quoting.
 */
export function openingText(evidence: readonly Evidence[]): string {
  const quoted = evidence.slice(0, 2).filter(({ path }) => path === evidence[0].path);
  return [...quoted.map((one, i) => quotation(one, i + 1)), '**In short:**'].join('\n');
}

function quotation({ path, quote, quoteLine, language }: Evidence, number: number): string {
  const fence = quote.includes('```') ? '~~~~' : '```';
  return `[${number}] ${path}:${quoteLine}\n${fence}${language}\n${quote}\n${fence}`;
}
