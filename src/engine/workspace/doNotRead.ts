import picomatch from 'picomatch';

/** Answers for a path relative to the workspace, with forward slashes; a folder's ends in one. */
export type PathMatcher = (path: string) => boolean;

/**
 * Matches what must never be read. A pattern without a slash is compared with the name alone, at any depth; one with slashes
 * with the path in the workspace and with the whole path. Letters match in either case and a leading dot needs no dot in the
 * pattern: a secret is better left out once too often.
 *
 * @param root absolute path of the workspace
 */
export function doNotReadMatcher(patterns: readonly string[], root = ''): PathMatcher {
  const above = root.replaceAll('\\', '/').replace(/\/$/, '');
  const byPath = patterns.filter((pattern) => pattern.includes('/'));
  const byName = patterns.filter((pattern) => !pattern.includes('/'));
  const matchesPath = matcher(byPath);
  const matchesName = matcher(byName);
  return (path) => {
    const plain = path.replace(/\/$/, '');
    return matchesPath(plain) || (above !== '' && matchesPath(`${above}/${plain}`)) || matchesName(plain.slice(plain.lastIndexOf('/') + 1));
  };
}

function matcher(patterns: string[]): PathMatcher {
  return patterns.length === 0 ? () => false : picomatch(patterns, { dot: true, nocase: true, nonegate: true });
}
