// An engine that starts a helper process of its own, becomes ready, and never answers a completion.
import { spawn } from 'node:child_process';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
connection.onRequest('initialize', () => ({
  engineVersion: String(helper.pid),
  loadMilliseconds: 1,
  model: { displayName: 'none' },
  device: { name: 'none' },
}));
connection.onRequest('complete', () => new Promise(() => undefined));
connection.listen();
