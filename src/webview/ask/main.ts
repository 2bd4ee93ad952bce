import type { FromPage, ShownTurn, ToPage } from '../messages';
import { action } from './codeBlocks';
import { Composer } from './composer';
import { TurnView } from './turnView';

const stages = { waiting: 'Waiting', workspace: 'Reading the workspace', encoding: 'Reading into memory', reading: 'Reading', writing: 'Writing' } as const;

/** The panel: what was asked and answered above, the question below. The extension holds the conversation, the page shows it. */
class Page {
  private readonly transcript = byId('transcript');
  private readonly status = byId('status');
  private readonly stop = action('Stop', 'Stop the answer', () => this.send({ kind: 'stop' }));
  private readonly again = action('Regenerate', 'Regenerate the last answer', () => this.send({ kind: 'regenerate' }));
  private readonly clear = action('Clear', 'Clear the conversation', () => this.send({ kind: 'clear' }));
  private readonly host = acquireVsCodeApi<{ readonly draft: string }>();
  private readonly composer: Composer;
  private turns: TurnView[] = [];

  constructor() {
    const input = byId('question');
    if (!(input instanceof HTMLTextAreaElement)) throw new Error('The page has no field for the question.');
    this.composer = new Composer(input, byId('mentions'), (message) => this.send(message));
    this.composer.value = this.host.getState()?.draft ?? '';
    input.addEventListener('input', () => this.host.setState({ draft: input.value }));
    // Whoever comes to the panel by a command or a key can type at once.
    window.addEventListener('focus', () => {
      if (document.activeElement === null || document.activeElement === document.body) input.focus();
    });
    byId('ask').addEventListener('click', () => this.composer.ask());
    byId('actions').append(this.stop, this.again, this.clear);
    window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => this.receive(data));
    this.send({ kind: 'ready' });
  }

  private send(message: FromPage): void {
    if (message.kind === 'ask') this.host.setState({ draft: '' });
    this.host.postMessage(message);
  }

  private receive(message: ToPage): void {
    switch (message.kind) {
      case 'turns':
        this.showAll(message.turns, message.isAnswering);
        break;
      case 'turn':
        this.showLast(message.turn);
        break;
      case 'stage':
        this.tell(stageText(message.stage));
        break;
      case 'mentions':
        this.composer.show(message.query, message.choices);
        break;
      case 'insert':
        this.composer.insert(message.text);
        break;
    }
  }

  private showAll(turns: readonly ShownTurn[], isAnswering: boolean): void {
    this.turns = turns.map((turn, i) => new TurnView(`question-${i}`, turn, (message) => this.send(message)));
    this.transcript.replaceChildren(...this.turns.map(({ element }) => element));
    this.answering(isAnswering);
    this.turns.at(-1)?.element.scrollIntoView({ block: 'end' });
  }

  private showLast(turn: ShownTurn): void {
    const atEnd = this.transcript.scrollTop + this.transcript.clientHeight >= this.transcript.scrollHeight - 40;
    this.turns.at(-1)?.update(turn);
    this.answering(turn.outcome === undefined);
    if (atEnd) requestAnimationFrame(() => { this.transcript.scrollTop = this.transcript.scrollHeight; });
  }

  private answering(isAnswering: boolean): void {
    this.stop.hidden = !isAnswering;
    this.again.hidden = isAnswering || this.turns.length === 0;
    this.clear.hidden = this.turns.length === 0;
    this.transcript.setAttribute('aria-busy', String(isAnswering));
    byId('welcome').hidden = this.turns.length > 0;
    if (!isAnswering) this.tell('');
  }

  /** Said aloud by screen readers, politely. */
  private tell(text: string): void {
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

function stageText({ stage, done, count }: Extract<ToPage, { readonly kind: 'stage' }>['stage']): string {
  if (done === undefined || stage === 'writing') return stages[stage];
  if (stage === 'workspace') return `${stages[stage]}: ${done} files`;
  return `${stages[stage]}: ${Math.round((100 * done) / Math.max(1, count ?? 1))} %`;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no "${id}".`);
  return element;
}

new Page();
