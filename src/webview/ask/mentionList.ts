import type { MentionChoice } from '../messages';
import { visibleText } from './visibleText';

/** The list below an `@`: chosen with the arrows and Enter or Tab, read aloud as the input's list box. */
export class MentionList {
  private choices: readonly MentionChoice[] = [];
  private chosen = 0;

  constructor(private readonly element: HTMLElement, private readonly input: HTMLElement, private readonly take: (choice: MentionChoice) => void) {}

  show(choices: readonly MentionChoice[]): void {
    this.choices = choices;
    this.chosen = 0;
    this.element.hidden = choices.length === 0;
    this.input.setAttribute('aria-expanded', String(choices.length > 0));
    this.draw();
  }

  hide(): void {
    this.show([]);
  }

  /** @returns whether the key was meant for the list */
  key(event: KeyboardEvent): boolean {
    if (this.choices.length === 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.chosen = (this.chosen + step + this.choices.length) % this.choices.length;
    else if (event.key === 'Enter' || event.key === 'Tab') this.choose(this.choices[this.chosen]);
    else if (event.key === 'Escape') this.hide();
    else return false;
    event.preventDefault();
    this.draw();
    return true;
  }

  private choose(choice: MentionChoice): void {
    this.hide();
    this.take(choice);
  }

  private draw(): void {
    this.element.replaceChildren(...this.choices.map((choice, i) => {
      const item = document.createElement('li');
      item.id = `mention-${i}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', String(i === this.chosen));
      item.textContent = visibleText(choice.text);
      item.title = visibleText(choice.detail);
      // Before the input loses the focus, which hides the list.
      item.addEventListener('mousedown', (event) => {
        event.preventDefault();
        this.choose(choice);
      });
      return item;
    }));
    this.element.children.item(this.chosen)?.scrollIntoView({ block: 'nearest' });
    if (this.choices.length > 0) this.input.setAttribute('aria-activedescendant', `mention-${this.chosen}`);
    else this.input.removeAttribute('aria-activedescendant');
  }
}
