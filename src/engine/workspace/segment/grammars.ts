import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Node, Parser, Tree } from '@vscode/tree-sitter-wasm';

/** Parser operations are reported in steps; this many are far beyond any real file of the size read here. */
const maxParserSteps = 200_000;

/** Syntax trees by language, from the grammars of one folder. A grammar is loaded when its language is first met. */
export class Grammars implements Disposable {
  private readonly parsers = new Map<string, Promise<Parser | undefined>>();

  private constructor(
    private readonly directory: string,
    private readonly onProblem: (message: string) => void,
  ) {}

  /**
   * @param directory holds `tree-sitter.wasm` and `tree-sitter-<language>.wasm`
   * @param onProblem told once for each grammar that cannot be used; its files are then cut by indentation
   */
  static async open(directory = packagedGrammars(), onProblem: (message: string) => void = () => undefined): Promise<Grammars> {
    await treeSitter.Parser.init({ locateFile: (file) => join(directory, file) });
    return new Grammars(directory, onProblem);
  }

  /** A parser for the language, or none when its grammar is missing or broken. */
  parserFor(language: string): Promise<Parser | undefined> {
    const known = this.parsers.get(language);
    if (known !== undefined) return known;
    const loading = this.load(language);
    this.parsers.set(language, loading);
    return loading;
  }

  private async load(language: string): Promise<Parser | undefined> {
    try {
      const grammar = await treeSitter.Language.load(await readFile(join(this.directory, `tree-sitter-${language}.wasm`)));
      return new treeSitter.Parser().setLanguage(grammar);
    } catch (error) {
      this.onProblem(`The grammar for ${language} cannot be used (${String(error)}). Its files are cut by indentation instead.`);
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    for (const parser of this.parsers.values()) void parser.then((loaded) => loaded?.delete());
    this.parsers.clear();
  }
}

/**
 * The tree of a text, to be deleted by the caller, or none when the parser gives up or loses the file's structure. It
 * gives up after a number of steps, not after a time, so that every machine gives up on the same files.
 */
export function parse(parser: Parser, text: string): Tree | undefined {
  let steps = 0;
  try {
    const tree = parser.parse(text, null, { progressCallback: () => ++steps > maxParserSteps });
    if (tree === null || !isLost(tree.rootNode)) return tree ?? undefined;
    tree.delete();
  } catch {
    // The parser ran out of its memory: nothing in the file is worth more than cutting it by indentation.
  } finally {
    parser.reset();
  }
  return undefined;
}

/** After an error that spans lines, recovery takes fragments of declarations for declarations. */
function isLost(root: Node): boolean {
  const isError = (node: Node | null) => node?.type === 'ERROR' && node.endPosition.row > node.startPosition.row;
  return root.hasError && (root.type === 'ERROR' || root.namedChildren.some(isError));
}

/** `grammars` beside the bundled program; the package's own folder where the program runs from its sources. */
function packagedGrammars(): string {
  const beside = fileURLToPath(new URL('grammars', import.meta.url));
  return existsSync(beside) ? beside : dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'));
}
