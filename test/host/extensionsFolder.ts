import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostInstallation } from './installation';

/** Installs an unpacked extension by a link to its folder: what was just built is what runs. */
export async function linkExtension(extension: string, extensionsFolder: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8')) as Record<string, string>;
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(extension, join(extensionsFolder, `${publisher}.${name}-${version}`), 'junction');
}

/** Installs a `.vsix` with VS Code's own installer. `home` is a temporary folder. */
export async function installVsix(host: HostInstallation, vsix: string, extensionsFolder: string, home: string): Promise<void> {
  const { stdout } = await promisify(execFile)(
    host.node,
    [host.entry, '--config', join(home, 'config.yaml'), '--user-data-dir', join(home, 'installer'), '--extensions-dir', extensionsFolder, '--install-extension', vsix, '--force'],
    { env: { ...process.env, HOME: home }, timeout: 60_000 },
  );
  if (!stdout.includes('successfully installed')) throw new Error(`VS Code did not install ${vsix}: ${stdout}`);
}
