import type { AnswerOutcome, Place, Source } from '../../protocol';
import type { FromPage, ShownTurn } from '../messages';
import { addCodeActions } from './codeBlocks';
import { render } from './markdown';
import { linkPlaces, placeButton } from './places';
import { visibleText } from './visibleText';

/** Draws one question with its answer and sources. */
export class TurnView {
  readonly element = document.createElement('article');
  private readonly answer = document.createElement('div');
  private readonly sources = document.createElement('ul');
  private readonly note = document.createElement('p');
  private frame: number | undefined;
  private shownSources: readonly Source[] = [];

  /** @param id of the heading on the page, which names the whole */
  constructor(id: string, private turn: ShownTurn, private readonly send: (message: FromPage) => void) {
    const question = document.createElement('h2');
    question.className = 'question';
    question.id = id;
    question.textContent = visibleText(turn.question);
    this.element.setAttribute('aria-labelledby', id);
    this.answer.className = 'answer';
    this.sources.className = 'sources';
    this.sources.setAttribute('aria-label', 'Sources');
    this.note.className = 'note';
    this.element.append(question, this.sources, this.answer, this.note);
    this.draw();
  }

  get question(): string {
    return this.turn.question;
  }

  /** Drawn with the next frame, so that fast pieces are drawn together. */
  update(turn: ShownTurn): void {
    this.turn = turn;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private draw(): void {
    const { answer, references, sources, outcome, note } = this.turn;
    const open = (place: Place) => this.send({ kind: 'open', place });
    const content = render(answer);
    linkPlaces(content, references, open);
    addCodeActions(content, this.send);
    this.answer.replaceChildren(content);
    this.answer.setAttribute('aria-busy', String(outcome === undefined));
    this.drawSources(sources, open);
    this.note.textContent = [outcome === undefined ? '' : describe(outcome), note ?? ''].filter(Boolean).join(' ');
  }

  /** Once: one that has the focus keeps it while the answer grows. */
  private drawSources(sources: readonly Source[], open: (place: Place) => void): void {
    if (sources === this.shownSources || JSON.stringify(sources) === JSON.stringify(this.shownSources)) return;
    this.shownSources = sources;
    this.sources.replaceChildren(...sources.map((source, i) => {
      const item = document.createElement('li');
      const chip = placeButton(source, visibleText(`${i + 1}  ${source.path}:${source.startLine}`), open);
      chip.classList.add('source');
      chip.title = visibleText(`${source.label}\n${source.because}`);
      item.append(chip);
      return item;
    }));
  }
}

function describe(outcome: AnswerOutcome): string {
  switch (outcome.kind) {
    case 'answered': return { model: '', limit: 'The answer was cut off at its limit.', repetition: 'The answer was cut off where it began to repeat itself.' }[outcome.ending];
    case 'not-found': return `Not found in this workspace. ${outcome.reason}`;
    case 'cancelled': return 'Stopped.';
    case 'not-ready': return outcome.reason;
  }
}
