import { run } from '../../../src/cli/run';
import { subcommands } from '../../../src/cli/subcommands';

/** Runs the command line in this process. */
export async function sparsek(...args: string[]) {
  const results: string[] = [];
  const notes: string[] = [];
  let pieces = '';
  const code = await run(args, subcommands, {
    result: (line) => { results.push(line); return Promise.resolve(); },
    note: (line) => { notes.push(line); },
    piece: (text) => { pieces += text; },
    progress: () => undefined,
  });
  return { code, result: pieces + results.join('\n'), notes: notes.join('\n') };
}
