import type { Readable, Writable } from 'node:stream';

/** One run of the engine's program, as a session sees it. */
export interface EngineRun {
  readonly input: Writable;
  readonly output: Readable;
  /** Settles once, when nothing can be asked of it any more; says how it ended, in words that follow "The engine". */
  readonly ended: Promise<string>;
  readonly pid: number | undefined;
  /** Whether other windows may use it. */
  readonly isShared: boolean;
  /** Lets go of it: it ends, unless others use it. */
  dispose(): void;
  /** Ends its process and all that it started, whoever uses it and whatever it does. */
  kill(): void;
}
