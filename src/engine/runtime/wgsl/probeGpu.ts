import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { nameOf } from './gpu';

/** What came of looking for a GPU. */
export type ProbeResult =
  | { readonly usable: true; readonly name: string; readonly software: boolean }
  | { readonly usable: false; readonly because: string };

const reportSchema = z.object({
  adapter: z.object({ vendor: z.string(), architecture: z.string(), device: z.string(), description: z.string(), software: z.boolean() }),
  computes: z.boolean(),
});

const timeoutMilliseconds = 20_000;

/**
 * Opens the GPU in a process of its own, which may crash.
 *
 * @param program the probe; in the built engine it lies beside it
 */
export function probeGpu(program = ownProgram()): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...process.execArgv.filter(isLoader), program], { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' }, (error, output, errors) => {
      if (error === null) resolve(parseReport(output));
      else if (error.killed === true) resolve({ usable: false, because: `the GPU's driver did not answer within ${timeoutMilliseconds / 1000} s` });
      else if (child.signalCode !== null) resolve({ usable: false, because: `the GPU's driver crashed (${child.signalCode})` });
      else resolve({ usable: false, because: lastWords(errors) });
    });
    child.stdin?.end();
  });
}

function parseReport(output: string): ProbeResult {
  try {
    const { adapter, computes } = reportSchema.parse(JSON.parse(output));
    if (!computes) return { usable: false, because: `the GPU ${nameOf(adapter)} computes wrong numbers` };
    return { usable: true, name: nameOf(adapter), software: adapter.software };
  } catch {
    return { usable: false, because: 'the probe of the GPU ended without a report' };
  }
}

/** Of an error's text, the sentence that says what happened. */
function lastWords(errors: string): string {
  const line = errors.split('\n').find((text) => /^(ProblemError|\w*Error)\b/.test(text.trim()));
  return line === undefined ? 'no GPU can be opened' : line.trim().replace(/^\w+(?: \[[^\]]*\])?: /, '').split('. ')[0].replace(/\.$/, '');
}

function ownProgram(): string {
  const beside = fileURLToPath(new URL('./probe.cjs', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('./probe.ts', import.meta.url));
}

/** Options that let this Node read the source as it is. */
function isLoader(option: string): boolean {
  return option.startsWith('--import');
}
