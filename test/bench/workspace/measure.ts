// A process of its own for each size, so that what is resident is what this size takes: tsx measure.ts OPTIONS-AS-JSON
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session, type SessionOptions } from './session';

export interface Measurement extends SessionOptions {
  /** The file that is open. */
  readonly target: string;
  /** Another file, to which something is added. */
  readonly touched: string;
  /** Whether the whole folder is encoded, not only what the place wants. */
  readonly whole: boolean;
}

const never = new AbortController().signal;
const silent = { reading: () => undefined, encoding: () => undefined };

async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The folder lies in one engine's life: opened cold, typed in, one file touched, read whole where asked for. */
async function firstLife(options: Measurement, text: string): Promise<Record<string, number>> {
  await using session = await Session.start(options, options.target, text);
  const cold = await timed(() => session.complete());
  const { workspace } = session.engine;
  const index = await timed(async () => workspace?.read(silent));
  const { result: prepared, seconds } = await timed(() => session.prepare());
  const merge = session.merge();
  await session.jumpAway();
  const recalling = await timed(() => session.complete());
  const keys = await session.type();
  const figures: Record<string, number> = {
    'first completion s': cold.seconds,
    'index s': index.seconds,
    'segments encoded': prepared.missing,
    'encoding s': seconds,
    'merge ms': merge,
    'recalling completion s': recalling.seconds,
    'entries': recalling.result.memory.entries,
    'key p50 ms': keys.p50,
    'key p95 ms': keys.p95,
    'most read by a key': keys.mostRead,
    'key/value MB': recalling.result.memory.keyValueBytes / 1e6,
    'segment MB': (workspace?.bytes ?? 0) / 1e6,
    'resident MB': process.memoryUsage.rss() / 1e6,
  };
  if (workspace === undefined) return figures;
  if (options.whole) {
    const { seconds: wholeSeconds, result } = await timed(() => workspace.readWhole(never, silent));
    Object.assign(figures, { 'whole s': wholeSeconds, 'whole segments': result.segments, 'whole MB': result.bytes / 1e6 });
    const path = join(options.folder ?? '', options.touched);
    await appendFile(path, '\n// touched\n');
    workspace.folders.changed({ paths: [path] });
    const again = await workspace.readWhole(never, silent);
    Object.assign(figures, { 'encoded after a touch': again.segments - again.reused });
  }
  return figures;
}

/** Another engine on the same store. */
async function secondLife(options: Measurement, text: string): Promise<Record<string, number>> {
  await using session = await Session.start(options, options.target, text);
  const { workspace } = session.engine;
  if (workspace === undefined) return {};
  const index = await timed(() => workspace.read(silent));
  const { seconds } = await timed(() => session.prepare());
  const completion = await timed(() => session.complete());
  const whole = options.whole ? await workspace.readWhole(never, silent) : undefined;
  return {
    'index again s': index.seconds,
    'memories again s': seconds,
    'first completion warm s': completion.seconds,
    'entries warm': completion.result.memory.entries,
    ...(whole === undefined ? {} : { 'encoded after a restart': whole.segments - whole.reused }),
  };
}

const options = JSON.parse(process.argv[2]) as Measurement;
const text = await readFile(join(options.folder ?? process.argv[3], options.target), 'utf8');
const figures = await firstLife(options, text);
console.log(JSON.stringify({ ...figures, ...(options.folder === undefined ? {} : await secondLife(options, text)) }));
