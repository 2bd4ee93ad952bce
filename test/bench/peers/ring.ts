import { ImportGraph } from '../../../src/engine/workspace/rank/imports/importGraph';
import { identifiersOf } from '../../../src/engine/workspace';
import { sourceEnding } from '../quality/episodes';
import type { LineTask } from '../quality/lines';
import type { CutFile } from '../quality/repository';

/** llama.vscode's defaults: `ring_chunk_size`, `ring_n_chunks`, `n_suffix`, and the fewest lines that its `pickChunk` takes. */
export const chunkLines = 64;
export const ringChunks = 16;
export const suffixLines = 64;
const fewestLines = 3;

/** Lines of a file as the peer is shown them. */
export interface Chunk {
  readonly path: string;
  /** Ends with a line break. */
  readonly text: string;
}

/** A text in runs of 64 lines from its first; a rest of less than three is left out. */
export function chunksOf(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const chunks: string[] = [];
  for (let start = 0; start + fewestLines <= lines.length; start += chunkLines) chunks.push(joined(lines.slice(start, start + chunkLines)));
  return chunks;
}

/**
 * What a person who writes some lines of a file has had open: the declarations that the file imports, then the beginnings of
 * the files beside it, then the rest of what it imports. A file that only passes names on (`__init__.py`, `index.ts`) leads to those
 * that declare what is mentioned. llama.vscode itself takes 32 lines at random of a file that is
 * opened or left; whole chunks around declarations are kinder to it. Nothing here depends on what the lines are expected to be.
 */
export class Rings {
  private readonly imports: ImportGraph;
  private readonly files: ReadonlyMap<string, CutFile>;

  constructor(files: readonly CutFile[]) {
    this.files = new Map(files.map((file) => [file.path, file]));
    this.imports = new ImportGraph((path, name) => this.declared(path).has(name));
    for (const { path, text } of files) this.imports.update(path, text);
  }

  /**
   * The ring for all lines of a file that are asked for.
   *
   * @param tasks of one file, in its order
   * @returns the most recent last, as the peer's prompt has them; it forgets the first
   */
  ringFor(tasks: readonly LineTask[]): Chunk[] {
    const [{ path }] = tasks;
    const shown = withoutExpected(tasks);
    const mentioned = new Set(identifiersOf(shown));
    const imported = this.imports.importsOf(path, shown).filter((one) => this.files.has(one.path));
    const beside = [...this.files.keys()].filter((other) => folderOf(other) === folderOf(path) && other !== path && sourceEnding.test(other));
    const passedOn = imported.filter(({ path: from, names }) => !this.declaresAny(from, names))
      .flatMap(({ path: from }) => this.imports.importsOf(from, this.files.get(from)?.text ?? ''))
      .filter((one) => one.path !== path && [...one.names].some((name) => mentioned.has(name)));
    const wanted = [...imported, ...passedOn].map(({ path: from, names }) => this.wantedChunks(from, names, mentioned));
    const visits = [
      ...inTurn(wanted),
      ...beside.flatMap((other) => this.chunks(other).slice(0, 1)),
      ...inTurn(imported.map(({ path: from }) => this.chunks(from))),
    ];
    const rest = restBehind(tasks[tasks.length - 1]);
    return distinct(rest === undefined ? visits : [rest, ...visits]).slice(0, ringChunks).reverse();
  }

  private declaresAny(path: string, names: ReadonlySet<string>): boolean {
    return [...this.declared(path).keys()].some((name) => names.has(name));
  }

  /** Of an imported file the chunks that declare what it is imported for (or what the text mentions of it), the most first; else its beginning. */
  private wantedChunks(path: string, names: ReadonlySet<string>, mentioned: ReadonlySet<string>): Chunk[] {
    const chunks = this.chunks(path);
    const declarations = this.declared(path);
    const inImport = [...declarations].filter(([name]) => names.has(name));
    const counts = new Map<number, number>();
    for (const [, line] of inImport.length > 0 ? inImport : [...declarations].filter(([name]) => mentioned.has(name))) {
      const chunk = Math.floor(line / chunkLines);
      counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
    }
    const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([chunk]) => chunk);
    return (best.length > 0 ? best : [0]).flatMap((chunk) => chunks.slice(chunk, chunk + 1));
  }

  /** The names that a file declares, with the line (from 0) in which each one first stands in its segment. */
  private declared(path: string): ReadonlyMap<string, number> {
    const lines = new Map<string, number>();
    for (const { startLine, body, definitions } of this.files.get(path)?.segments ?? []) {
      const ofBody = body.split('\n').map((line) => new Set(identifiersOf(line)));
      for (const name of definitions) {
        if (!lines.has(name)) lines.set(name, startLine - 1 + Math.max(0, ofBody.findIndex((names) => names.has(name))));
      }
    }
    return lines;
  }

  private chunks(path: string): Chunk[] {
    return chunksOf(this.files.get(path)?.text ?? '').map((text) => ({ path, text }));
  }
}

/** The file's text without what is to be written. */
function withoutExpected(tasks: readonly LineTask[]): string {
  const last = tasks[tasks.length - 1];
  let text = last.before + last.after;
  for (const { before } of tasks.slice(0, -1).reverse()) text = text.slice(0, before.length) + text.slice(text.indexOf('\n', before.length));
  return text;
}

/** The lines of the file itself that lie behind the suffix of the last place. */
function restBehind({ path, after }: LineTask): Chunk | undefined {
  const lines = after.replace(/\n$/, '').split('\n').slice(1 + suffixLines, 1 + suffixLines + chunkLines);
  return lines.length < fewestLines ? undefined : { path, text: joined(lines) };
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

function distinct(chunks: readonly Chunk[]): Chunk[] {
  return [...new Map(chunks.map((chunk) => [`${chunk.path}\n${chunk.text}`, chunk])).values()];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function joined(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
