import { describeProblem, type LogMessage } from '../protocol';
import { problemOf } from './problemOf';

/**
 * Ends the process after an error that nobody foresaw: what it holds is unknown then; the editor side starts a new one.
 *
 * @param tell whoever is connected
 */
export function reportUnforeseen(tell: (message: LogMessage) => Promise<unknown>): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      const message: LogMessage = { level: 'error', text: describeProblem(problemOf(error)) };
      process.stderr.write(`${message.text}\n`);
      void tell(message).catch(() => undefined).finally(() => process.exit(1));
    });
  }
}
