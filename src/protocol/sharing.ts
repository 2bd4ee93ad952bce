/** Makes the engine's program serve windows: behind it the address of a socket, and the file that standard error goes to. */
export const windowsArgument = '--windows';

/** The first line that an engine which serves windows sends, as JSON, before any message. */
export interface EngineGreeting {
  readonly processId: number;
  /** The file that its standard error goes to. */
  readonly log: string;
}

/** The engine ends, and not by itself. */
export interface EngineEnding {
  /** A window asked for another engine; or nobody has used it for a while. */
  readonly because: 'restart' | 'idle';
}
