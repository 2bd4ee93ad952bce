import { resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { Cleanup } from './cleanup';
import { Editor } from './editor';
import { installVsix, linkExtension } from './extensionsFolder';
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
    const extensions = join(folder, 'extensions');
    if (options.extension.endsWith('.vsix')) await installVsix(commandLineOf(executablePath), options.extension, extensions, userData);
    else await linkExtension(options.extension, extensions);
    const application = await _electron.launch({
      executablePath,
      timeout: 60_000,
      args: [
        options.workspace,
        ...['--goto', options.file],
        `--user-data-dir=${userData}`,
        `--extensions-dir=${extensions}`,
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

/** The program that installs extensions, which is not the one that opens windows. */
function commandLineOf(executablePath: string): [string, ...string[]] {
  const [command, ...first] = resolveCliArgsFromVSCodeExecutablePath(executablePath, { reuseMachineInstall: true });
  return [command, ...first];
}
