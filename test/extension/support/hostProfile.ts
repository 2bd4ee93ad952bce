import { Session, type Profiler } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What the extension host did while something went on. */
export interface HostFigures {
  /** Longest time without a break in which a function of the extension was on the stack. */
  readonly longestMilliseconds: number;
  /** The same counted in samples: a thread that is not run is sampled late, and once. */
  readonly longestSampledMilliseconds: number;
  /** Its outermost function of the extension, and the one in which most of the time was spent. */
  readonly where: string;
  /** All time in the extension's functions. */
  readonly totalMilliseconds: number;
  /** Longest delay of the host's event loop, whoever caused it: the editor itself, and other extensions, run there too. */
  readonly delayMilliseconds: number;
}

const sampleMicroseconds = 500;
/** The loop's own timer; a delay is what comes on top. */
const resolutionMilliseconds = 5;

/**
 * Samples the stacks of the extension host while `work` goes on. Time in which the machine runs something else counts as
 * the function's on the stack, so on a busy machine `longestMilliseconds` is an upper bound.
 *
 * @param program file of the extension
 */
export async function profileHost(program: string, work: () => Promise<unknown>): Promise<HostFigures> {
  const session = new Session();
  session.connect();
  const delays = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: sampleMicroseconds });
    await session.post('Profiler.start');
    delays.enable();
    await work();
    delays.disable();
    const { profile } = await session.post('Profiler.stop');
    return { ...longestIn(profile, program), delayMilliseconds: delays.max / 1e6 };
  } finally {
    session.disconnect();
  }
}

/** Follows the samples in their order; a stretch ends where nothing of the program is on the stack. */
export function longestIn({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, program: string): Omit<HostFigures, 'delayMilliseconds'> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const outermost = new Map<number, string | undefined>();
  const outermostOf = (id: number): string | undefined => {
    if (outermost.has(id)) return outermost.get(id);
    const node = byId.get(id);
    const parent = parents.get(id);
    const own = node !== undefined && node.callFrame.url.endsWith(program) ? nameOf(node) : undefined;
    const found = (parent === undefined ? undefined : outermostOf(parent)) ?? own;
    outermost.set(id, found);
    return found;
  };
  let longest = { microseconds: 0, where: 'nothing' };
  let mostSamples = 0;
  let taken = 0;
  let total = 0;
  let stretch = 0;
  let inside = new Map<string, number>();
  let began = '';
  const end = () => {
    const [busiest] = [...inside].sort(([, a], [, b]) => b - a);
    if (stretch > longest.microseconds) longest = { microseconds: stretch, where: `${began}, most of it in ${busiest[0]}` };
    mostSamples = Math.max(mostSamples, taken);
    taken = 0;
    stretch = 0;
    inside = new Map();
  };
  for (const [i, id] of samples.entries()) {
    // A sample stands for the time until the next.
    const microseconds = timeDeltas.at(i + 1) ?? 0;
    const found = outermostOf(id);
    const node = byId.get(id);
    const isPause = node?.callFrame.functionName === '(garbage collector)' && stretch > 0;
    if (found === undefined && !isPause) {
      end();
      continue;
    }
    if (stretch === 0) began = found ?? '';
    stretch += microseconds;
    taken++;
    total += microseconds;
    const name = node === undefined ? '' : nameOf(node);
    inside.set(name, (inside.get(name) ?? 0) + microseconds);
  }
  end();
  return { longestMilliseconds: longest.microseconds / 1000, where: longest.where, longestSampledMilliseconds: (mostSamples * sampleMicroseconds) / 1000, totalMilliseconds: total / 1000 };
}

function nameOf({ callFrame: { functionName, lineNumber } }: Profiler.ProfileNode): string {
  return `${functionName === '' ? '(anonymous)' : functionName}:${lineNumber + 1}`;
}
