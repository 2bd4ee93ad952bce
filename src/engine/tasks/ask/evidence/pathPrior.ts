const test = /(^|[/_.-])(tests?|specs?|__tests__|examples?|fixtures?|fuzzing|bench\w*|mocks?)([/_.-]|$)|(Tests?|Spec)\.\w+$/i;
const record = /(^|\/)(LICEN[SC]E|NOTICE|CHANGES|CHANGELOG|HISTORY|AUTHORS)[^/]*$|\.(json|lock|ya?ml|toml|xml|stderr|snap|sublime-syntax)$|(^|\/)\./i;
const prose = /\.(md|mdx|markdown|rst|adoc|txt)$/i;

/** How much a place counts for a question about code, by what its path says: code above prose, that above tests and records. */
export function pathPrior(path: string): number {
  if (record.test(path)) return 0.45;
  if (test.test(path)) return 0.65;
  return prose.test(path) ? 0.75 : 1;
}
