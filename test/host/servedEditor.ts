import { join } from 'node:path';
import { addressOf } from './address';
import { ensureBrowser, launchBrowser, viewport } from './browser';
import { Cleanup } from './cleanup';
import { Editor } from './editor';
import { installVsix, linkExtension } from './extensionsFolder';
import { ensureHost } from './installation';
import { startServer } from './server';
import { temporaryFolder } from './temporaryFolder';

export interface EditorOptions {
  readonly workspace: string;
  readonly file: string;
  /** A folder with a built extension, or a `.vsix`. */
  readonly extension: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly report: (line: string) => void;
}

/** An open VS Code window; disposing it ends VS Code and everything it started. */
export interface OpenEditor extends AsyncDisposable {
  readonly editor: Editor;
  readonly userData: string;
}

/** Opens the served VS Code in a browser without a window. */
export async function openServedEditor(options: EditorOptions): Promise<OpenEditor> {
  const host = await ensureHost(options.report);
  const executable = await ensureBrowser(options.report);
  const cleanup = new Cleanup();
  try {
    const { path: folder } = cleanup.use(await temporaryFolder('extensions'));
    const extensions = join(folder, 'extensions');
    if (options.extension.endsWith('.vsix')) await installVsix([host.node, host.entry, '--config', join(folder, 'config.yaml')], options.extension, extensions, join(folder, 'installer'));
    else await linkExtension(options.extension, extensions);

    const server = cleanup.use(await startServer(host, { extensions, settings: options.settings }));
    const browser = await launchBrowser(executable);
    cleanup.defer(() => browser.close());
    const page = await browser.newPage({ viewport });
    await page.goto(addressOf(server.authority, { workspace: options.workspace, file: options.file }));
    return { editor: new Editor(page), userData: server.userData, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
  } catch (error) {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  }
}
