import { run } from '../../../src/cli/run';
import { subcommands } from '../../../src/cli/subcommands';

/** Runs the command line in this process. */
export async function sparsek(...args: string[]) {
  const results: string[] = [];
  const notes: string[] = [];
  const code = await run(args, subcommands, {
    result: (line) => { results.push(line); return Promise.resolve(); },
    note: (line) => { notes.push(line); },
  });
  return { code, result: results.join('\n'), notes: notes.join('\n') };
}
