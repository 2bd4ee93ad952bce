import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { methods, type EngineEnding } from '../protocol';
import { Host } from './host';
import { watchParent } from './parentWatch';
import { reportUnforeseen } from './reportUnforeseen';
import { Server } from './server';

/** Serves the process that started this one, on standard input and output, for as long as it lives. */
export function serveParent(): void {
  const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
  const exit = () => process.exit(0);
  process.stdin.on('end', exit).on('close', exit);
  process.stdout.on('error', exit);
  connection.onClose(exit);
  watchParent(process.ppid, exit);
  reportUnforeseen((message) => connection.sendNotification(methods.log, message));

  const end = async () => {
    await server.close();
    await host.dispose();
    setImmediate(exit);
  };
  const host = new Host(false, () => {
    const ending: EngineEnding = { because: 'idle' };
    void connection.sendNotification(methods.ending, ending).then(end);
  });
  const server = new Server(connection, host, end);
  connection.listen();
}
