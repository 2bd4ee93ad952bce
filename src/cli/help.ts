import type { Subcommand } from './subcommand';

export function overview(subcommands: readonly Subcommand[]): string {
  const width = Math.max(...subcommands.map(({ usage }) => usage.length));
  const lines = subcommands.map(({ usage, summary }) => `  sparsek ${usage.padEnd(width)}  ${summary}`);
  return `SparseK Code: a small local code model that reads long files in a fixed amount of memory.
Nothing leaves the machine; nothing but the model's folder is needed.

${lines.join('\n')}

Try it:
  sparsek complete src/app.ts:120:17        what would be written at line 120, column 17
  sparsek complete src/app.ts:120:17 --json the same with token counts, times and memory
  sparsek info                              the model, the device and the bytes it will use

Results go to standard output, everything else to standard error.
Exit code: 0 done, 1 a problem (it says what to do), 2 wrong arguments, 3 nothing to insert (it says why).
"sparsek COMMAND --help" explains one command.`;
}

export function explain({ usage, summary, help }: Subcommand): string {
  return `Usage: sparsek ${usage}\n\n${summary}\n\n${help.trim()}`;
}
