import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

/** The part of `code`'s command line that a test run uses. */
export interface CommandLine {
  readonly version: boolean;
  readonly developed: readonly string[];
  readonly tests?: string;
  readonly userData?: string;
  readonly extensions?: string;
  readonly workspace?: string;
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
  return withoutUndefined({
    version: values.version === true,
    developed: developed.map(path).filter((one) => one !== undefined),
    tests: path(values.extensionTestsPath),
    userData: path(values['user-data-dir']),
    extensions: path(values['extensions-dir']),
    workspace: path(positionals[0]),
  });
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
