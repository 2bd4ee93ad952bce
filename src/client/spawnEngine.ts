import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { dirname } from 'node:path';
import type { NodeChoice } from './findNode';

/** Starts the engine's program in a process of its own. */
export function spawnEngine(node: NodeChoice, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(node.executable, [...flagsFor(node), program, ...args], {
    // A group of its own, so that the whole of it can be ended.
    detached: process.platform !== 'win32',
    windowsHide: true,
    // Not in the folder that is worked in: nothing there has a say in what runs.
    cwd: dirname(program),
    stdio,
    env: { ...ownEnvironment(), ...node.environment },
  });
}

/** How a process ended, once it has or could not be started; in words that follow "The engine". */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`));
  });
}

/**
 * Young garbage is collected early: left to itself Node lets it grow to tens of megabytes while a long file is read, and the
 * engine's memory should not grow with the file. The editor's own executable takes no such flags.
 */
function flagsFor(node: NodeChoice): string[] {
  return 'ELECTRON_RUN_AS_NODE' in node.environment ? [] : ['--max-semi-space-size=1'];
}

/** The host's environment without what was meant for the host itself: debugger options and Electron's switches. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const notForTheEngine = /^(NODE_OPTIONS|ELECTRON_.*|VSCODE_INSPECTOR_OPTIONS)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !notForTheEngine.test(name)));
}
