import { Console } from 'node:console';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { describeProblem, methods, type LogMessage } from '../protocol';
import { Host } from './host';
import { watchParent } from './parentWatch';
import { problemOf } from './problemOf';
import { Server } from './server';

// Standard output carries messages and nothing else: what libraries print goes to standard error.
globalThis.console = new Console(process.stderr);

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
const exit = () => process.exit(0);

process.stdin.on('end', exit).on('close', exit);
process.stdout.on('error', exit);
connection.onClose(exit);
watchParent(process.ppid, exit);

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    const message: LogMessage = { level: 'error', text: describeProblem(problemOf(error)) };
    process.stderr.write(`${message.text}\n`);
    // What the process holds is unknown now; the editor side starts a new one.
    void connection.sendNotification(methods.log, message).finally(() => process.exit(1));
  });
}

const host = new Host(false);
const server = new Server(connection, host, async () => {
  await server.close();
  await host.dispose();
  setImmediate(exit);
});
connection.listen();
