import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench';
import { BenchEngine } from './engineProcess';
import { printTable, quantile } from './report';
import { TypedDocument } from './typedDocument';

interface Session {
  /** From the project's folder. */
  readonly file: string;
  readonly languageId: string;
  /** The first is where the person begins, each further one is a cursor jump. */
  readonly stretches: readonly { readonly after: string; readonly type: string }[];
}

interface Keystroke {
  readonly kind: 'first' | 'jump' | 'typing';
  readonly milliseconds: number;
  readonly read: number;
  readonly firstToken: number;
  /** Until all text before the cursor had been read in the pause behind the answer; 0 when it was. */
  readonly untilRead: number;
}

/**
 * Replays typing sessions: after every keystroke the suggestion is awaited, as a person does who pauses there. Milliseconds
 * from sending the edit to having the suggestion; the extension's pause before asking is not in them. As in the editor, an
 * answer does not wait for a long file: what is not read yet is read in the pause behind it, which is waited for here.
 */
export async function latency(bench: Bench): Promise<object> {
  const folder = join(bench.root, 'test/bench/sessions');
  const names = (await readdir(folder)).sort();
  await using engine = await BenchEngine.start(bench);
  const keystrokes: Keystroke[] = [];
  const rows = [];
  for (const name of names) {
    const session = JSON.parse(await readFile(join(folder, name), 'utf8')) as Session;
    const text = await readFile(join(bench.root, session.file), 'utf8');
    const typed = await replay(session, text, engine);
    keystrokes.push(...typed);
    rows.push({ session: name, 'tokens in file': bench.tokenizer.encode(text).length, ...summary(typed) });
  }
  printTable(rows);
  const all = summary(keystrokes);
  console.log(`All: warm p50 ${all['warm p50'].toFixed(0)} ms, p95 ${all['warm p95'].toFixed(0)} ms; at most ${all['most read']} tokens read by a keystroke.`);
  return { rows, all, keystrokes };
}

async function replay({ file, languageId, stretches }: Session, text: string, engine: BenchEngine): Promise<Keystroke[]> {
  const document = new TypedDocument(`file:///${file}`, file, languageId, text);
  const keystrokes: Keystroke[] = [];
  const ask = async (kind: Keystroke['kind'], act: () => void) => {
    const start = performance.now();
    act();
    const { tokens, milliseconds, unread } = await engine.complete(document, document.cursor, 'livePart');
    const answered = performance.now() - start;
    const untilRead = unread === undefined ? 0 : await engine.untilRead(document.uri);
    keystrokes.push({ kind, milliseconds: answered, read: tokens.read, firstToken: milliseconds.firstToken, untilRead });
  };
  for (const [i, { after, type }] of stretches.entries()) {
    await ask(i === 0 ? 'first' : 'jump', () => document.jumpBehind(after));
    for (const character of type) {
      await ask('typing', () => {
        const change = document.type(character);
        if (change !== undefined) engine.changed(change);
      });
    }
  }
  engine.close(document);
  return keystrokes;
}

function summary(keystrokes: readonly Keystroke[]) {
  const of = (kind: Keystroke['kind']) => keystrokes.filter((keystroke) => keystroke.kind === kind);
  const warm = of('typing');
  const milliseconds = warm.map((keystroke) => keystroke.milliseconds);
  return {
    keystrokes: warm.length,
    'warm p50': quantile(milliseconds, 0.5),
    'warm p95': quantile(milliseconds, 0.95),
    'most read': Math.max(...warm.map(({ read }) => read)),
    'first ms': quantile(of('first').map((keystroke) => keystroke.milliseconds), 0.5),
    'then read ms': quantile(of('first').map(({ untilRead }) => untilRead), 0.5),
    'jump ms': quantile(of('jump').map((keystroke) => keystroke.milliseconds), 0.5),
    'then read ms after it': quantile(of('jump').map(({ untilRead }) => untilRead), 0.5),
  };
}
