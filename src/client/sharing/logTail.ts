import { watch, type FSWatcher } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** Follows a file that grows, line by line: each window sees what the engine that they share prints. */
export class LogTail {
  #watcher: FSWatcher | undefined;
  #file: FileHandle | undefined;
  #position = 0;
  #rest = '';
  #work: Promise<void>;

  /** What cannot be followed is not: it is the engine's last words, not its messages. */
  constructor(path: string, private readonly onLine: (line: string) => void) {
    this.#work = open(path, 'r').then((file) => {
      this.#file = file;
      try {
        this.#watcher = watch(path, () => this.#look()).on('error', () => this.#watcher?.close());
      } catch {
        // It is read when it ends.
      }
    }, () => undefined);
    this.#look();
  }

  /** Reads what is left, also when the file was removed meanwhile. */
  async close(): Promise<void> {
    this.#watcher?.close();
    this.#look();
    await this.#work;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    this.#watcher?.close();
    if (this.#rest !== '') this.onLine(this.#rest);
    this.#rest = '';
  }

  #look(): void {
    this.#work = this.#work.then(() => this.#read()).catch(() => undefined);
  }

  async #read(): Promise<void> {
    for (;;) {
      const read = await this.#file?.read({ position: this.#position, buffer: Buffer.alloc(16_384) });
      if (read === undefined || read.bytesRead === 0) return;
      this.#position += read.bytesRead;
      const lines = (this.#rest + read.buffer.toString('utf8', 0, read.bytesRead)).split(/\r?\n/);
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.onLine(line);
    }
  }
}
