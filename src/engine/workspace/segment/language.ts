/** Grammars by file name ending. Files with another ending are cut by indentation and blank lines. */
const grammarsByEnding: Readonly<Record<string, string>> = {
  ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'tsx',
  js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript',
  py: 'python', pyi: 'python',
  go: 'go', rs: 'rust', java: 'java', cs: 'c-sharp', rb: 'ruby', php: 'php',
  c: 'cpp', h: 'cpp', cc: 'cpp', cpp: 'cpp', cxx: 'cpp', hh: 'cpp', hpp: 'cpp', hxx: 'cpp', inl: 'cpp',
  sh: 'bash', bash: 'bash', ps1: 'powershell', psm1: 'powershell', css: 'css',
};

/** The grammar's name for a path, if there is one. */
export function grammarFor(path: string): string | undefined {
  return grammarsByEnding[endingOf(path)];
}

/** What follows the last dot of the file's name, in lower case; empty if there is no dot. */
export function endingOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1].toLowerCase() ?? '';
}
