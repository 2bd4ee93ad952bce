import type { AnswerResult, SummarizeRequest } from '../../../protocol';
import { Recall } from '../../memory';
import type { Grammars } from '../../workspace';
import { readPrompt, writeTurn, type AnswerTally, type ChatModel } from '../chat';
import { dependencies, escapeMarkdown, partLine, remarks, type LinkTo } from './markdownParts';
import { outlineOf, type Part } from './outline';

const likeliest = { temperature: 0, topP: 1 };
/** Tokens of the paragraph, and of the line about a part. */
const longest = { purpose: 120, part: 32 };
/** Parts that the model explains, the longest first; the others have their own comment or their name alone. */
const mostExplained = 10;
/** Characters of a part that the model is shown again. */
const shown = 700;
/** Tokens in which repetitions are looked up. */
const lookedUp = 4096;

/** One summary in the making. Its Markdown grows at the end. */
export class Summary {
  private readonly lines: readonly string[];
  /** Lines before the summarized ones. */
  private readonly skipped: number;
  private readonly linkTo: LinkTo;
  private readonly tokens: number[] = [];

  constructor(
    private readonly request: SummarizeRequest, private readonly model: ChatModel, private readonly system: Int32Array, private readonly tally: AnswerTally,
    private readonly signal: AbortSignal,
  ) {
    const all = request.text.replace(/\r\n?/g, '\n').split('\n');
    const path = encodeURI(request.path).replace(/[()#?]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
    this.skipped = (request.startLine ?? 1) - 1;
    this.lines = all.slice(this.skipped, request.endLine);
    this.linkTo = (line) => `${request.linkPrefix}${path}#L${line}`;
  }

  /** @throws the signal's reason when aborted */
  async write(grammars: Grammars): Promise<AnswerResult> {
    const { request: { path }, tally, lines, skipped } = this;
    const text = lines.join('\n');
    const parts = await outlineOf(path, text, grammars);
    this.say(`# ${escapeMarkdown(path)}\n\n${lines.length} lines${skipped === 0 ? '' : `, from line ${skipped + 1}`}.\n\n`);
    await this.ask(this.fileTurn(text, parts), longest.purpose, false, (words) => this.say(escapeMarkdown(words)));
    this.say(parts.length > 0 ? '\n\n## Main parts\n\n' : '\n');
    const explained = new Set(parts.filter(({ comment }) => comment === '').sort((a, b) => length(b) - length(a)).slice(0, mostExplained));
    for (const [done, part] of parts.entries()) {
      tally.tell({ kind: 'stage', stage: 'writing', done, count: parts.length });
      this.tellPart(part, explained.has(part) ? await this.explain(part) : part.comment);
    }
    this.say(dependencies(path, text) + remarks(lines, skipped, this.linkTo));
    return tally.result({ kind: 'answered', ending: 'model' }, this.model.context.cache);
  }

  private tellPart(part: Part, purpose: string): void {
    const { skipped, tally, request: { path } } = this;
    const startLine = part.startLine + skipped;
    const endLine = part.endLine + skipped;
    const members = part.members.map(({ name, line }) => ({ name, line: line + skipped }));
    this.say(partLine({ ...part, startLine, endLine, members }, purpose, this.linkTo));
    const reference = { text: part.name, path, startLine, endLine };
    tally.refer([reference], [...tally.references, reference]);
  }

  private fileTurn(text: string, parts: readonly Part[]): string {
    const names = parts.slice(0, 24).map(({ name }) => name).join(', ');
    return `${this.request.path}\n\`\`\`\n${text}\n\`\`\`\n${names === '' ? '' : `It declares: ${names}.\n`}What is this file for? Answer in two or three sentences.`;
  }

  /** A turn more, behind all that was read: only the part's own lines are read again. */
  private explain(part: Part): Promise<string> {
    const code = this.lines.slice(part.startLine - 1, part.endLine).join('\n').slice(0, shown);
    return this.ask(`\`\`\`\n${code}\n\`\`\`\nWhat does ${part.name} do? Answer in one short sentence.`, longest.part, true, () => undefined);
  }

  private async ask(question: string, maxTokens: number, oneLine: boolean, onWords: (words: string) => void): Promise<string> {
    const { model: { context, takeTurn, tokenizer, template }, system, tally, signal } = this;
    for (const token of [...template.turn('user', question), ...template.open('assistant')]) this.tokens.push(token);
    const text = Int32Array.from(this.tokens);
    const reading = await readPrompt(context, { document: this.request.path, system, text, recall: Recall.nothing }, takeTurn, signal, (done, count) => {
      tally.tell({ kind: 'stage', stage: 'reading', done, count });
    });
    tally.promptRead(reading);
    let words = '';
    let counted = { tokens: 0, accepted: 0 };
    for await (const writing of writeTurn(context, reading, takeTurn, { sampling: likeliest, maxTokens, before: text.slice(-lookedUp), vocabulary: tokenizer.vocabulary, oneLine, signal })) {
      tally.wrote(writing.tokens.length - counted.tokens, writing.accepted - counted.accepted);
      counted = { tokens: writing.tokens.length, accepted: writing.accepted };
      if (writing.text.length > words.length) onWords(writing.text.slice(words.length));
      words = writing.text;
      if (writing.ending !== undefined) this.tokens.push(...(writing.ending === 'repetition' ? tokenizer.encode(words) : writing.tokens), ...template.close());
    }
    return words.trim();
  }

  private say(text: string): void {
    this.tally.grow(this.tally.text + text);
  }
}

function length({ startLine, endLine }: Part): number {
  return endLine - startLine;
}
