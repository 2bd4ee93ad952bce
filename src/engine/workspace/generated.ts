import { endingOf } from './segment/language';

const lockFiles =
  'package-lock\\.json|npm-shrinkwrap\\.json|pnpm-lock\\.yaml|go\\.sum|[^/]*\\.lock';
const generatedEndings =
  '[.-]min\\.(js|css|mjs|cjs)|\\.(map|snap)|_pb2(_grpc)?\\.pyi?|\\.pb\\.(go|cc|h)|\\.g\\.(dart|cs)|\\.designer\\.cs';
const generatedNames = new RegExp(`(^|/)(${lockFiles})$|(${generatedEndings})$`, 'i');

/** Generators say so in the first lines: Go's convention, `@generated`, and the like. */
const generatedMarks = [
  /\bcode generated\b.*\bdo not edit\b/i,
  /@generated\b/,
  /\bauto-?generated\b.*\bdo not (edit|modify)\b/i,
  /\bdo not edit\b.*\b(auto-?)?generated\b/i,
];
const markedLines = 8;
/** Bundles and compiled output: the bundler's preamble, the name of a source map in the last line. */
const bundleMark = /^\/\*{6}\/ |webpackBootstrap|webpackJsonp/m;
const sourceMapMark = /\n\/[/*][#@] sourceMappingURL=\S+( \*\/)?\s*$/;

/** Formats that hold data more often than they hold what a programmer wrote. */
const dataEndings: ReadonlySet<string> = new Set(
  'json jsonl ndjson geojson csv tsv svg xml txt log po ipynb sql html'.split(' '),
);
const maxDataCharacters = 65_536;

const maxMeanLineLength = 250;

/** Why a text is taken for generated or minified, in a few words, or nothing. */
export function looksGenerated(path: string, text: string): string | undefined {
  if (generatedNames.test(path)) return 'by its name';
  if (dataEndings.has(endingOf(path)) && text.length > maxDataCharacters) return 'a large data file';
  const start = firstLines(text, markedLines);
  if (generatedMarks.some((mark) => mark.test(start))) return 'it says so in its first lines';
  if (bundleMark.test(start) || sourceMapMark.test(text.slice(-4000))) return 'compiled or bundled';
  const lines = text.split('\n').length;
  return text.length > 2000 && text.length / lines > maxMeanLineLength ? 'its lines are as long as a minifier makes them' : undefined;
}

function firstLines(text: string, count: number): string {
  return text.slice(0, 4000).split('\n', count).join('\n');
}
