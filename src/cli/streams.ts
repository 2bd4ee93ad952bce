import { once } from 'node:events';

/** Where a command writes: results to one stream, what happened to the other. */
export interface Streams {
  result(line: string): Promise<void>;
  note(line: string): void;
}

/** Results on standard output (waiting for a slow reader), notes on standard error. */
export const processStreams: Streams = {
  async result(line) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  },
  note(line) {
    process.stderr.write(`${line}\n`);
  },
};
