import { once } from 'node:events';

/** Where a command writes: results to one stream, what happened to the other. */
export interface Streams {
  result(line: string): Promise<void>;
  note(line: string): void;
  /** A piece of a result that is written as it comes about; what follows goes on behind it. */
  piece(text: string): void;
  /** What is being done now: on a terminal each line takes the place of the one before, elsewhere nothing is written. */
  progress(line: string): void;
}

/** Results on standard output (waiting for a slow reader), notes on standard error. */
export const processStreams: Streams = {
  async result(line) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  },
  note(line) {
    process.stderr.write(`${line}\n`);
  },
  piece(text) {
    process.stdout.write(text);
  },
  progress(line) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}\r`);
  },
};
