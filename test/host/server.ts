import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guard } from '../../scripts/lib/guard.mjs';
import { endGroup } from '../../scripts/lib/run.mjs';
import type { HostInstallation } from './installation';
import { writeUserSettings } from './userSettings';

export interface ServerOptions {
  /** Default: a temporary one. */
  readonly userData?: string | undefined;
  /** Default: a temporary one, empty. */
  readonly extensions?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly arguments?: readonly string[];
  /** Leaves VS Code's Restricted Mode on. Default: every workspace is trusted. */
  readonly restricted?: boolean;
}

/** A running VS Code server with its own temporary home. */
export interface Server extends AsyncDisposable {
  /** host:port */
  readonly authority: string;
  readonly userData: string;
  /** Resolves with the exit code or signal when the server ends, of its own or disposed. */
  readonly ended: Promise<number | string>;
  /** The last lines that the server wrote. */
  log(): Promise<string>;
}

const startSeconds = 60;

export async function startServer(host: HostInstallation, options: ServerOptions = {}): Promise<Server> {
  const home = await mkdtemp(join(tmpdir(), 'sparsek-vscode-'));
  const userData = options.userData ?? join(home, 'user-data');
  const extensions = options.extensions ?? join(home, 'extensions');
  const logFile = join(home, 'server.log');
  await mkdir(extensions, { recursive: true });
  await writeUserSettings(userData, options.settings);
  const authority = `127.0.0.1:${await freePort()}`;

  const output = openSync(logFile, 'a');
  const child = spawn(
    host.node,
    [
      host.entry,
      ...['--bind-addr', authority, '--auth', 'none', '--config', join(home, 'config.yaml')],
      ...['--user-data-dir', userData, '--extensions-dir', extensions],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(options.restricted ? [] : ['--disable-workspace-trust']),
      ...(options.arguments ?? []),
    ],
    {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '', VSCODE_IPC_HOOK_CLI: '' },
    },
  );
  closeSync(output);
  const exited = once(child, 'exit');
  const release = guard(child, home);

  const server: Server = {
    authority,
    userData,
    ended: exited.then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 1),
    log: async () => (await readFile(logFile, 'utf8')).split('\n').slice(-40).join('\n'),
    async [Symbol.asyncDispose]() {
      endGroup(child, 'SIGTERM');
      await Promise.race([exited, delay(5_000, undefined, { ref: false })]);
      endGroup(child, 'SIGKILL');
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      release();
    },
  };
  try {
    await untilHealthy(authority, () => child.exitCode ?? child.signalCode);
  } catch (error) {
    const log = await server.log();
    await server[Symbol.asyncDispose]();
    throw new Error(`The VS Code server did not start. Its log:\n${log}`, { cause: error });
  }
  return server;
}

async function untilHealthy(authority: string, ended: () => number | string | null): Promise<void> {
  const deadline = Date.now() + startSeconds * 1000;
  while (Date.now() < deadline) {
    const end = ended();
    if (end !== null) throw new Error(`It ended with ${end}.`);
    const answer = await fetch(`http://${authority}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`It gave no answer within ${startSeconds} s.`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}
