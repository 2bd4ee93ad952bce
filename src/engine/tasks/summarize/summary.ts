import type { AnswerResult, SummarizeRequest } from '../../../protocol';
import type { Grammars } from '../../workspace';
import { dependencies, escapeMarkdown, partLine, remarks, type LinkTo } from './markdownParts';
import { linkPath } from './linkPath';
import { outlineOf, type Part } from './outline';
import { fileQuestion, partQuestion } from './prompt';
import { writeWords, type Writer } from './writeWords';

/** Tokens of the paragraph, and of the line about a part. */
const longest = { purpose: 120, part: 32 };
/** Parts that the model explains, the longest first; the others have their own comment or their name alone. */
const mostExplained = 10;
/** Characters of a part that the model is shown again. */
const shown = 700;

/** One summary in the making. Its Markdown grows at the end. */
export class Summary {
  private readonly lines: readonly string[];
  /** Lines before the summarized ones. */
  private readonly skipped: number;
  private readonly linkTo: LinkTo;
  private readonly tokens: number[] = [];

  constructor(
    private readonly request: SummarizeRequest, private readonly writer: Writer,
  ) {
    const all = request.text.replace(/\r\n?/g, '\n').split('\n');
    const path = linkPath(request.path);
    this.skipped = (request.startLine ?? 1) - 1;
    this.lines = all.slice(this.skipped, request.endLine);
    this.linkTo = (line) => `${request.linkPrefix}${path}#L${line}`;
  }

  /** @throws the signal's reason when aborted */
  async write(grammars: Grammars): Promise<AnswerResult> {
    const { request: { path }, writer: { tally, model: { context } }, lines, skipped } = this;
    const text = lines.join('\n');
    const parts = await outlineOf(path, text, grammars);
    this.say(`# ${escapeMarkdown(path)}\n\n${lines.length} lines${skipped === 0 ? '' : `, from line ${skipped + 1}`}.\n\n`);
    await this.ask(fileQuestion(path, text, parts.map(({ name }) => name)), longest.purpose, false, (words) => this.say(escapeMarkdown(words)));
    this.say(parts.length > 0 ? '\n\n## Main parts\n\n' : '\n');
    const explained = new Set(parts.filter(({ comment }) => comment === '').sort((a, b) => length(b) - length(a)).slice(0, mostExplained));
    for (const [done, part] of parts.entries()) {
      tally.tell({ kind: 'stage', stage: 'writing', done, count: parts.length });
      this.tellPart(part, explained.has(part) ? await this.explain(part) : part.comment);
    }
    this.say(dependencies(path, text) + remarks(lines, skipped, this.linkTo));
    return tally.result({ kind: 'answered', ending: 'model' }, context.cache);
  }

  private tellPart(part: Part, purpose: string): void {
    const { skipped, writer: { tally }, request: { path } } = this;
    const startLine = part.startLine + skipped;
    const endLine = part.endLine + skipped;
    const members = part.members.map(({ name, line }) => ({ name, line: line + skipped }));
    this.say(partLine({ ...part, startLine, endLine, members }, purpose, this.linkTo));
    const reference = { text: part.name, path, startLine, endLine };
    tally.refer([reference], [...tally.references, reference]);
  }

  /** A turn more, behind all that was read: only the part's own lines are read again. */
  private explain(part: Part): Promise<string> {
    const code = this.lines.slice(part.startLine - 1, part.endLine).join('\n').slice(0, shown);
    return this.ask(partQuestion(part.name, code), longest.part, true, () => undefined);
  }

  private async ask(question: string, maxTokens: number, oneLine: boolean, onWords: (words: string) => void): Promise<string> {
    const { model: { tokenizer, template } } = this.writer;
    for (const token of [...template.turn('user', question), ...template.open('assistant')]) this.tokens.push(token);
    const { text, tokens, ending } = await writeWords(this.writer, { document: this.request.path, text: Int32Array.from(this.tokens), maxTokens, oneLine }, onWords);
    this.tokens.push(...(ending === 'repetition' ? tokenizer.encode(text) : tokens), ...template.close());
    return text.trim();
  }

  private say(text: string): void {
    const { tally } = this.writer;
    tally.grow(tally.text + text);
  }
}

function length({ startLine, endLine }: Part): number {
  return endLine - startLine;
}
