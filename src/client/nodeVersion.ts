import { execFile } from 'node:child_process';

/** The engine is built for this Node and newer ones. */
export const oldestNode: NodeVersion = { major: 20, minor: 19 };

export interface NodeVersion {
  readonly major: number;
  readonly minor: number;
}

/** Reads `v20.19.1` or `20.19.1`. */
export function parseNodeVersion(text: string): NodeVersion | undefined {
  const match = /^v?(\d+)\.(\d+)\./.exec(text.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

export function isAtLeast(version: NodeVersion, oldest: NodeVersion): boolean {
  return version.major > oldest.major || (version.major === oldest.major && version.minor >= oldest.minor);
}

/** Long enough for a version manager's shim on a busy machine. */
const askMilliseconds = 10_000;

/**
 * Asks an executable which Node it is.
 * @returns `v20.19.1`
 * @throws Error when it cannot be run or does not answer as Node does. The message says which.
 */
export function askNodeVersion(executable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(executable, ['--version'], { timeout: askMilliseconds, windowsHide: true }, (error, output) => {
      if (error) reject(new Error(`it cannot be run (${error.message.trim()})`));
      else if (parseNodeVersion(output)) resolve(output.trim());
      else reject(new Error('it does not answer --version as Node does'));
    });
  });
}
