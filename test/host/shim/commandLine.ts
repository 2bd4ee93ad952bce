import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

/** The part of `code`'s command line that a test run uses. */
export interface CommandLine {
  readonly version: boolean;
  readonly developed: readonly string[];
  readonly tests: string | undefined;
  readonly userData: string | undefined;
  readonly extensions: string | undefined;
  readonly workspace: string | undefined;
}

export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    // `code` has many switches (--no-sandbox, --disable-updates ...): those that mean nothing here are let pass.
    strict: false,
    allowPositionals: true,
    options: {
      version: { type: 'boolean' },
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'extensions-dir': { type: 'string' },
    },
  });
  const path = (value: unknown): string | undefined => (typeof value === 'string' ? resolve(value) : undefined);
  const developed = Array.isArray(values.extensionDevelopmentPath) ? values.extensionDevelopmentPath : [];
  return {
    version: values.version === true,
    developed: developed.map(path).filter((one) => one !== undefined),
    tests: path(values.extensionTestsPath),
    userData: path(values['user-data-dir']),
    extensions: path(values['extensions-dir']),
    workspace: path(positionals[0]),
  };
}
