import type { Tree } from '@vscode/tree-sitter-wasm';
import { inSlices, letEventsIn, type Pause } from '../slices';
import type { Block } from './block';
import { definitionsByKeyword, definitionsOf } from './definitions';
import { parse, type Grammars } from './grammars';
import { headerFor } from './header';
import { indentationBlocks } from './indentationBlocks';
import { grammarFor } from './language';
import { pack } from './pack';
import { rowsOf, linesOf } from './rows';
import { maxSegmentTokens, type Segment, type TokenEncoder } from './segment';
import { SegmentBuilder } from './segmentBuilder';
import { syntaxBlocks } from './syntaxBlocks';

/** Cuts files into segments. The same path and text give the same segments everywhere. */
export class Segmenter {
  constructor(
    private readonly encoder: TokenEncoder,
    private readonly grammars: Grammars,
    readonly pause: Pause = letEventsIn,
  ) {}

  /**
   * @param path relative to the workspace, with forward slashes
   * @param text the file's text; line breaks of any kind count as `\n`
   * @returns segments whose bodies, in order, are the text with its line breaks as `\n`
   */
  async segment(path: string, text: string): Promise<Segment[]> {
    const unified = text.replace(/\r\n?/g, '\n');
    const language = grammarFor(path);
    const parser = language === undefined ? undefined : await this.grammars.parserFor(language);
    const tree = parser && parse(parser, unified);
    try {
      return await this.divide(path, unified, tree);
    } finally {
      tree?.delete();
    }
  }

  private async divide(path: string, text: string, tree: Tree | undefined): Promise<Segment[]> {
    const lines = linesOf(text);
    const builder = new SegmentBuilder(path, headerFor(path, this.encoder), this.encoder, maxSegmentTokens);
    const rows = await inSlices(rowsOf(text, this.encoder, builder.budget), this.pause);
    const costBefore = costsBefore(rows, lines.length);
    const pieces = pack(blocksOf(lines, tree), builder.budget, (start, end) => costBefore[end] - costBefore[start]);
    const definitions = tree === undefined ? definitionsByKeyword(lines) : definitionsOf(tree.rootNode);
    return inSlices(builder.build(pieces, rows, definitions), this.pause);
  }
}

/** Cost of all lines before each line, and of all lines at the end. */
function costsBefore(rows: readonly { line: number; cost: number }[], lineCount: number): Float64Array {
  const before = new Float64Array(lineCount + 1);
  for (const row of rows) before[row.line + 1] += row.cost;
  for (let line = 0; line < lineCount; line++) before[line + 1] += before[line];
  return before;
}

function blocksOf(lines: readonly string[], tree: Tree | undefined): Block[] {
  const bySyntax = tree === undefined ? [] : syntaxBlocks(lines, tree.rootNode);
  if (bySyntax.length > 0) return bySyntax;
  const whole = { start: 0, end: lines.length, declares: false, parts: () => indentationBlocks(lines, 0, lines.length) };
  return lines.length > 0 ? [whole] : [];
}
