import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkExtension } from './extensionsFolder';
import { ensureHost } from './installation';
import { startServer } from './server';
import { findProgram } from './systemPrograms';
import { forPerson } from './userSettings';

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = join(root, 'out', 'start');

/**
 * Opens VS Code with the extension for a person: the desktop one where there is one, else the served one, whose
 * address is printed. Resolves with the exit code when they are done.
 *
 * @param folder what to open; a copy of the sample workspace when there is none.
 */
export async function start(folder: string | undefined, report: (line: string) => void): Promise<number> {
  const workspace = folder === undefined ? await sampleWorkspace() : resolve(folder);
  const desktop = process.env.VSCODE_EXECUTABLE ?? findProgram(process.platform === 'win32' ? 'code.cmd' : 'code');
  return desktop === undefined ? serve(workspace, report) : openDesktop(desktop, workspace, report);
}

async function openDesktop(executable: string, workspace: string, report: (line: string) => void): Promise<number> {
  report(`Opening ${workspace} in ${executable} with the extension. This command ends when you close that window.`);
  const child = spawn(executable, ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, workspace], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function serve(workspace: string, report: (line: string) => void): Promise<number> {
  const host = await ensureHost(report);
  const extensions = join(state, 'extensions');
  await rm(extensions, { recursive: true, force: true });
  await linkExtension(root, extensions);
  // The person's settings outlive the server.
  const server = await startServer(host, { userData: join(state, 'user-data'), extensions, settings: forPerson });
  report(`\nVS Code with the extension, on ${workspace}:\n\n  http://${server.authority}/?folder=${encodeURIComponent(workspace)}\n\nOpen it in a browser on this machine. Ctrl+C ends it.`);
  const code = await server.ended;
  report(`The VS Code server ended (${code}).`);
  await server[Symbol.asyncDispose]();
  return 1;
}

async function sampleWorkspace(): Promise<string> {
  const path = join(state, 'corner-shop');
  if (!existsSync(path)) await cp(join(root, 'test', 'fixtures', 'workspaces', 'demo'), path, { recursive: true });
  return path;
}
