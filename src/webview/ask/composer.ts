import type { FromPage, MentionChoice } from '../messages';
import { MentionList } from './mentionList';

/** The question that is being written, with completion of what is mentioned. Enter asks, Shift+Enter breaks the line, Escape stops. */
export class Composer {
  private readonly list: MentionList;

  constructor(private readonly input: HTMLTextAreaElement, list: HTMLElement, private readonly send: (message: FromPage) => void) {
    this.list = new MentionList(list, input, (choice) => this.complete(choice));
    input.addEventListener('input', () => this.lookForMention());
    input.addEventListener('keydown', (event) => this.key(event));
    input.addEventListener('blur', () => this.list.hide());
  }

  get value(): string {
    return this.input.value;
  }

  set value(text: string) {
    this.input.value = text;
  }

  insert(text: string): void {
    const { value } = this.input;
    this.input.value = value === '' || value.endsWith(' ') ? `${value}${text}` : `${value} ${text}`;
    this.input.focus();
  }

  show(query: string, choices: readonly MentionChoice[]): void {
    if (this.mentionAtCursor() === query) this.list.show(choices);
  }

  ask(): void {
    const question = this.input.value.trim();
    if (question === '') return;
    this.input.value = '';
    this.list.hide();
    this.send({ kind: 'ask', question });
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || this.list.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.ask();
    } else if (event.key === 'Escape') {
      this.send({ kind: 'stop' });
    }
  }

  private lookForMention(): void {
    const query = this.mentionAtCursor();
    if (query === undefined) this.list.hide();
    else this.send({ kind: 'mention', query });
  }

  /** What stands between an `@` and the cursor. */
  private mentionAtCursor(): string | undefined {
    return /(?:^|\s)@([^\s@]*)$/.exec(this.input.value.slice(0, this.input.selectionStart))?.[1];
  }

  private complete({ text }: MentionChoice): void {
    const { value, selectionStart } = this.input;
    const before = value.slice(0, selectionStart).replace(/@[^\s@]*$/, `@${text} `);
    this.input.value = before + value.slice(selectionStart);
    this.input.setSelectionRange(before.length, before.length);
  }
}
