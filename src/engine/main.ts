import { Console } from 'node:console';
import { windowsArgument } from '../protocol';
import { serveParent } from './serveParent';
import { serveWindows } from './serveWindows';

// Standard output carries messages and nothing else: what libraries print goes to standard error.
globalThis.console = new Console(process.stderr);

const [, , argument, address, log] = process.argv;
if (argument === windowsArgument) serveWindows(address, log);
else serveParent();
