/** Why a file or folder of the workspace is not read. */
export type SkipReason =
  | 'ignored'
  | 'do-not-read'
  | 'excluded-folder'
  | 'symbolic-link'
  | 'not-a-file'
  | 'unreadable'
  | 'unreadable-ignore-file'
  | 'too-large'
  | 'too-deep'
  | 'empty'
  | 'binary'
  | 'encoding'
  | 'generated'
  | 'changing'
  | 'workspace-limit';

export interface Skip {
  /** Relative to the workspace, with forward slashes; a folder's ends in one. */
  readonly path: string;
  readonly reason: SkipReason;
  /** What the system said, where the reason alone does not tell. */
  readonly detail?: string;
}

const sentences: Readonly<Record<SkipReason, string>> = {
  'ignored': 'an ignore file (.gitignore or .ignore) excludes it',
  'do-not-read': 'a do-not-read pattern covers it',
  'excluded-folder': 'it holds dependencies, build output or version control data',
  'symbolic-link': 'it is a symbolic link; what it leads to is read where it lies, if it lies in the workspace',
  'not-a-file': 'it is neither a file nor a folder',
  'unreadable': 'it cannot be opened',
  'unreadable-ignore-file': 'its ignore file cannot be read, so what must not be read here is unknown',
  'too-large': 'it is larger than the limit',
  'too-deep': 'it lies deeper in folders than the limit',
  'empty': 'it is empty',
  'binary': 'it is not text',
  'encoding': 'it is neither UTF-8 nor UTF-16 with a byte order mark',
  'generated': 'it is generated or minified',
  'changing': 'it kept changing while it was read',
  'workspace-limit': 'the workspace has more files than the limit',
};

/** The reason in words that follow "because". */
export function reasonInWords(reason: SkipReason): string {
  return sentences[reason];
}

/** The reason as a sentence a person reads. */
export function describeSkip(skip: Skip): string {
  const detail = skip.detail === undefined ? '' : ` (${skip.detail})`;
  return `${skip.path} is not read: ${sentences[skip.reason]}${detail}.`;
}
