import type { ChildProcess } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Called with each line of output and errors. */
  readonly onLine?: (line: string) => void;
  /** Keeps the output from the terminal; `onLine` still sees it. */
  readonly quiet?: boolean;
}

export function exitOnSignals(): void;
export function endGroup(child: ChildProcess, signal: NodeJS.Signals): void;
export function run(command: string, args: readonly string[], options: RunOptions): Promise<number>;
