import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { methods, type EngineEnding, type EngineGreeting } from '../protocol';
import { Host } from './host';
import { reportUnforeseen } from './reportUnforeseen';
import { Server } from './server';

/** A window that is loaded anew is back by then; so is the one that started this process. */
const graceMilliseconds = 3_000;
const firstGraceMilliseconds = 15_000;
/** What runs the model may need so long to come to an end; then it is ended for it. */
const windUpMilliseconds = 2_000;

/**
 * Serves every window that connects, each by itself, and ends a short while after the last has left, however they left. No
 * window is the parent: the one that started this process may go before the others.
 *
 * @param address of a socket that nobody listens at, in a folder that only its owner can enter
 * @param log the file that standard error goes to
 */
export function serveWindows(address: string, log: string): void {
  const host = new Host(true, () => void end({ because: 'idle' }));
  const windows = new Map<MessageConnection, Server>();
  let grace: NodeJS.Timeout | undefined;

  const listener = createServer((socket) => welcome(socket));
  const exit = () => {
    listener.close();
    rmSync(log, { force: true });
    process.exit(0);
  };
  const endUnlessJoined = (milliseconds: number) => {
    clearTimeout(grace);
    if (windows.size === 0) grace = setTimeout(exit, milliseconds);
  };
  const toAll = (method: string, message: object) => Promise.allSettled([...windows.keys()].map((connection) => connection.sendNotification(method, message)));

  /** Tells all windows that this is no crash, then ends. */
  const end = async (ending: EngineEnding) => {
    listener.close();
    await toAll(methods.ending, ending);
    const closed = Promise.all([...windows.values()].map((server) => server.close())).then(() => host.dispose());
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, windUpMilliseconds))]);
    setImmediate(exit);
  };

  const welcome = (socket: Socket) => {
    clearTimeout(grace);
    const greeting: EngineGreeting = { processId: process.pid, log };
    socket.write(`${JSON.stringify(greeting)}\n`);
    const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    const server = new Server(connection, host, () => end({ because: 'restart' }));
    let isSwitchedOff = false;
    connection.onNotification(methods.leave, () => { isSwitchedOff = true; });
    // What is no message cannot be answered either.
    connection.onError(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      connection.dispose();
      windows.delete(connection);
      void server.close();
      endUnlessJoined(isSwitchedOff ? 0 : graceMilliseconds);
    });
    windows.set(connection, server);
    connection.listen();
  };

  reportUnforeseen((message) => toAll(methods.log, message));
  // Somebody else was first, or the folder is gone.
  listener.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  listener.listen(address, () => endUnlessJoined(firstGraceMilliseconds));
}
