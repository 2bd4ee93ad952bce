import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cacheFolder';

/** A program that takes `code`'s command line. */
export interface CodeExecutable {
  readonly path: string;
  readonly kind: 'desktop' | 'served';
  /** Said to the person. */
  readonly reason: string;
}

const downloadSeconds = 300;

/**
 * The desktop VS Code that `VSCODE_EXECUTABLE` names, or one that is downloaded where there is a display to show it
 * on; else the served one behind the same command line.
 */
export async function findCodeExecutable(): Promise<CodeExecutable> {
  const named = process.env.VSCODE_EXECUTABLE;
  if (named) return { path: named, kind: 'desktop', reason: 'VSCODE_EXECUTABLE names it' };
  if (!hasDisplay()) return servedCode('there is no display');
  try {
    const path = await downloadAndUnzipVSCode({ version: 'stable', cachePath: join(cacheFolder(), 'vscode-desktop'), timeout: downloadSeconds * 1000 });
    return { path, kind: 'desktop', reason: 'there is a display' };
  } catch (error) {
    return servedCode(`desktop VS Code could not be downloaded (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The served VS Code behind the same command line. */
export function servedCode(reason: string): CodeExecutable {
  return { path: fileURLToPath(new URL('shim/code', import.meta.url)), kind: 'served', reason };
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}
