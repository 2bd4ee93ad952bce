import type { Tokenizer } from '../../../model';
import type { Evidence } from './evidence';

/** Each costs a line that says where it is. */
const mostExcerpts = 8;
/** Tokens of one excerpt: fourteen lines of code stay below, of prose or data they may be all there is room for. */
const tokensOfOne = { first: 260, other: 160 };

/** As many as fit, each cut where it is too long. */
export function fit(evidence: readonly Evidence[], tokenizer: Tokenizer, mostTokens: number): Evidence[] {
  const chosen: Evidence[] = [];
  let left = mostTokens;
  for (const one of evidence) {
    if (chosen.length === mostExcerpts) break;
    const isFirst = chosen.length === 0;
    // What a person mentions is taken as far as there is room.
    const most = one.because === 'mentioned' ? left : Math.min(isFirst ? tokensOfOne.first : tokensOfOne.other, isFirst ? left : mostTokens);
    const whole = tokenizer.encode(one.text).length;
    const fitted = whole <= most ? one : cutToFit(one, whole, most);
    const cost = whole <= most ? whole : Math.min(most, tokenizer.encode(fitted.text).length);
    if (cost > left && !isFirst) continue;
    chosen.push(fitted);
    left -= Math.min(cost, left);
  }
  return chosen;
}

/** Takes lines off the end, and off the beginning where what is quoted would be lost. */
function cutToFit(evidence: Evidence, cost: number, most: number): Evidence {
  const lines = evidence.text.split('\n');
  const kept = Math.max(1, Math.floor((lines.length * most) / cost) - 1);
  const quoteEnd = evidence.quoteLine - evidence.startLine + evidence.quote.split('\n').length;
  const start = Math.min(lines.length - kept, Math.max(0, quoteEnd - kept));
  const text = lines.slice(start, start + kept).join('\n').slice(0, most * 3);
  return { ...evidence, text, startLine: evidence.startLine + start, endLine: Math.min(evidence.endLine, evidence.startLine + start + kept - 1) };
}
