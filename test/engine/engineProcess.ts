import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';

const entry = fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url));

/** Arguments for Node that run the engine from its source. */
export const engineArguments: readonly string[] = ['--import', import.meta.resolve('tsx'), entry];

/** An engine in a process of its own, spoken to as the editor does. */
export class EngineProcess implements AsyncDisposable {
  readonly connection: MessageConnection;
  readonly process: ChildProcessWithoutNullStreams;
  private standardError = '';

  constructor() {
    this.process = spawn(process.execPath, engineArguments, { stdio: 'pipe' });
    this.process.stderr.on('data', (data: Buffer) => { this.standardError += data.toString(); });
    this.connection = createMessageConnection(new StreamMessageReader(this.process.stdout), new StreamMessageWriter(this.process.stdin));
    this.connection.listen();
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error('The engine did not start.');
    return this.process.pid;
  }

  /** What it wrote for the log. */
  get log(): string {
    return this.standardError;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.dispose();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await ended;
    }
  }
}

/** The first line that a process writes. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  if (child.stdout === null) throw new Error('The process has no output to read.');
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    text += data.toString();
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('The process ended without a line.');
}
