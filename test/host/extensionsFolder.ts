import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Installs an unpacked extension by a link to its folder: what was just built is what runs. */
export async function linkExtension(extension: string, extensionsFolder: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8')) as Record<string, string>;
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(extension, join(extensionsFolder, `${publisher}.${name}-${version}`), 'junction');
}

/**
 * Installs a `.vsix` with VS Code's own installer.
 *
 * @param code the program that takes `code`'s command line, with its first arguments.
 * @param userData a folder that the installer may write to.
 */
export async function installVsix(code: readonly [string, ...string[]], vsix: string, extensionsFolder: string, userData: string): Promise<void> {
  const [command, ...first] = code;
  const { stdout } = await promisify(execFile)(
    command,
    [...first, '--user-data-dir', userData, '--extensions-dir', extensionsFolder, '--install-extension', vsix, '--force'],
    { timeout: 120_000, shell: process.platform === 'win32' },
  );
  if (!stdout.includes('successfully installed')) throw new Error(`VS Code did not install ${vsix}: ${stdout}`);
}
