import { format } from 'node:util';

/** What VS Code itself says at every start; the tests' own output is what a reader wants. */
const chatter =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[reconnection-grace-time\]|\[AgentHost|\[ChatModel|\[AccountPolicyGate\]|Updating additional builtin|\[Service Worker\]|getaddrinfo ENOTFOUND|Timed out waiting for authentication|Creation of workbench contribution)/;

/** Prints one line of the extension host's console as ours. */
export function printConsoleLine(type: string, args: readonly unknown[]): void {
  const line = format(...args);
  if (chatter.test(line)) return;
  const stream = type === 'error' || type === 'warn' ? process.stderr : process.stdout;
  stream.write(`${line}\n`);
}
