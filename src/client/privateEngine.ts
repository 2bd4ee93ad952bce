import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { EngineRun } from './engineRun';
import type { NodeChoice } from './findNode';
import { killTree } from './killTree';
import type { Log } from './log';
import { endOf, spawnEngine } from './spawnEngine';

/** An engine for one window, on its standard input and output. Disposing it ends the process and everything that it started. */
export class PrivateEngine implements EngineRun {
  readonly input: Writable;
  readonly output: Readable;
  readonly ended: Promise<string>;
  readonly isShared = false;
  readonly #child: ChildProcess;

  constructor(node: NodeChoice, program: string, log: Log) {
    const child = spawnEngine(node, program, [], ['pipe', 'pipe', 'pipe']);
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('A process that is started with pipes has pipes.');
    this.#child = child;
    this.input = stdin;
    this.output = stdout;
    // A pipe to a process that has ended fails; that it ended is told by `ended`.
    stdin.on('error', (error) => log.trace(`Engine's input: ${error.message}`));
    createInterface({ input: stderr }).on('line', (line) => log.warn(`Engine: ${line}`));
    this.ended = endOf(child).then((how) => {
      this.#killTree();
      return how;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  dispose(): void {
    this.kill();
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#killTree();
  }

  #killTree(): void {
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }
}
