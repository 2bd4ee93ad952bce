/**
 * The right to write, which the first failure ends: a full disk or a folder without permission fails again and again, and
 * to say it once is enough. What is stored can still be read.
 */
export class Writing {
  private failed = false;

  constructor(private readonly folder: string, private readonly warn: (message: string) => void) {}

  /** Runs what writes, unless an earlier one failed. Never rejects. @returns whether it was done */
  async attempt(write: () => Promise<void>): Promise<boolean> {
    if (this.failed) return false;
    try {
      await write();
      return true;
    } catch (error) {
      // Another write may have failed while this one did.
      if (!this.isFailed()) this.warn(describe(this.folder, error));
      this.failed = true;
      return false;
    }
  }

  private isFailed(): boolean {
    return this.failed;
  }
}

function describe(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = error instanceof Error ? error.message : String(error);
  const [what, remedy] = fullCodes.has(code)
    ? ['There is no room', 'Free some space or set a smaller size for the store, and restart the engine.']
    : closedCodes.has(code)
      ? ['There is no permission', `Make ${folder} writable and restart the engine.`]
      : ['It is not possible', `Look at ${folder} and restart the engine.`];
  return `${what} to store what was read in ${folder} (${detail}). Completions go on; what they read is not kept for the next start. ${remedy}`;
}

const fullCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const closedCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
