/** Where the client says what it does. An editor's log channel has this shape; so has any other logger. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
