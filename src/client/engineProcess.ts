import { spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { NodeChoice } from './findNode';
import { killTree } from './killTree';
import type { Log } from './log';

/** One run of the engine's program. Disposing it ends the process and everything that it started. */
export class EngineProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Settles once, when the process has ended or could not be started; says how, in words that follow "The engine". */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor(node: NodeChoice, program: string, log: Log) {
    const child = spawn(node.executable, [...flagsFor(node), program], {
      // A group of its own, so that the whole of it can be ended.
      detached: process.platform !== 'win32',
      windowsHide: true,
      // Not in the folder that is worked in: nothing there has a say in what runs.
      cwd: dirname(program),
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...ownEnvironment(), ...node.environment },
    });
    this.#child = child;
    this.input = child.stdin;
    this.output = child.stdout;
    // A pipe to a process that has ended fails; that it ended is told by `ended`.
    child.stdin.on('error', (error) => log.trace(`Engine's input: ${error.message}`));
    createInterface({ input: child.stderr }).on('line', (line) => log.warn(`Engine: ${line}`));
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        this.#killTree();
        resolve(signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  dispose(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#killTree();
  }

  #killTree(): void {
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }
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
