// An engine that starts and then says why it cannot go on.
import { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
connection.onRequest('initialize', ({ modelDirectory }) => {
  const problem = { code: 'model-missing', what: `${modelDirectory} holds no model.`, meaning: 'Nothing works.', remedy: 'Fetch it.' };
  return new ResponseError(-32603, problem.what, problem);
});
connection.listen();
