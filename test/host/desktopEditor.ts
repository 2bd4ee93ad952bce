import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { Cleanup } from './cleanup';
import { Editor } from './editor';
import type { EditorOptions, OpenEditor } from './servedEditor';
import { temporaryFolder } from './temporaryFolder';
import { writeUserSettings } from './userSettings';

/** Opens a desktop VS Code with a profile of its own, driven over Electron's debugging port. */
export async function openDesktopEditor(executablePath: string, options: EditorOptions): Promise<OpenEditor> {
  const cleanup = new Cleanup();
  try {
    const { path: folder } = cleanup.use(await temporaryFolder('desktop'));
    const userData = join(folder, 'user-data');
    await writeUserSettings(userData, options.settings);
    const application = await _electron.launch({
      executablePath,
      timeout: 60_000,
      args: [
        options.workspace,
        ...['--goto', options.file],
        `--extensionDevelopmentPath=${options.extension}`,
        `--user-data-dir=${userData}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
        ...['--no-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes', '--disable-workspace-trust', '--disable-telemetry'],
      ],
    });
    cleanup.defer(() => application.close());
    const page = await application.firstWindow();
    return { editor: new Editor(page), userData, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
  } catch (error) {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  }
}
