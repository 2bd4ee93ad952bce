import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { Host } from '../../src/engine/host';
import { Server } from '../../src/engine/server';

/** An engine in this process, with a connection for each window. */
export class HostedEngine {
  private readonly host: Host;
  private readonly servers = new Map<MessageConnection, Server>();

  /** @param shared whether several windows join */
  constructor(shared = false) {
    this.host = new Host(shared);
  }

  /** The window's side of a new connection. It is listening; handlers can be added before anything is sent. */
  connect(): MessageConnection {
    const [toEngine, toWindow] = [new PassThrough(), new PassThrough()];
    const serving = createMessageConnection(new StreamMessageReader(toEngine), new StreamMessageWriter(toWindow));
    const window = createMessageConnection(new StreamMessageReader(toWindow), new StreamMessageWriter(toEngine));
    this.servers.set(window, new Server(serving, this.host, () => this.close()));
    serving.listen();
    window.listen();
    return window;
  }

  /** The window goes. */
  async disconnect(window: MessageConnection): Promise<void> {
    window.dispose();
    await this.servers.get(window)?.close();
    this.servers.delete(window);
  }

  async close(): Promise<void> {
    for (const server of this.servers.values()) await server.close();
    await this.host.dispose();
  }
}
