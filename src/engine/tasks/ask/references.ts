import type { Reference, Source } from '../../../protocol';
import { identifiersOf, type Workspace } from '../../workspace';
import { declarationOf } from './symbolFacts';

/** A path of a file with an ending, perhaps with lines: `src/app.ts`, `src/app.ts:12`, `src/app.ts:12-20`. */
const filePath = /(?<![\p{L}\p{N}_/.@-])((?:[\p{L}\p{N}_.@-]+\/)*[\p{L}\p{N}_@-][\p{L}\p{N}_.@-]*\.[\p{L}\p{N}]{1,8})(?::(\d{1,7})(?:-(\d{1,7}))?)?(?![\p{L}\p{N}_/])/gu;
const number = /\[(\d{1,2})\](?!\()/g;
/** A name in backticks, perhaps with its arguments: `parse`, `Parser.parse()`. */
const name = /`([\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::)[\p{L}_$][\p{L}\p{N}_$]*)*)(?:\(\))?`/gu;

/** A group that did not take part in a match is undefined, whatever the types say. */
function numberOf(digits: string | undefined): number {
  return Number(digits ?? 0);
}

/** Finds what an answer refers to, as it is written, and checks each in the workspace before anybody is told. */
export class References {
  private readonly found = new Map<string, Reference | undefined>();

  constructor(private readonly workspace: Workspace, private readonly sources: readonly Source[]) {}

  get all(): readonly Reference[] {
    return [...this.found.values()].filter((reference) => reference !== undefined);
  }

  /**
   * Those that a text has and that were not told before.
   *
   * @param whole whether the text has ended: without, a reference at its very end may still be going on
   */
  async newIn(text: string, whole: boolean): Promise<Reference[]> {
    const fresh: Reference[] = [];
    for (const { text: words, check } of this.candidates(text, whole)) {
      if (this.found.has(words)) continue;
      const reference = await check();
      this.found.set(words, reference);
      if (reference !== undefined) fresh.push(reference);
    }
    return fresh;
  }

  private *candidates(text: string, whole: boolean): Generator<{ readonly text: string; readonly check: () => Promise<Reference | undefined> }> {
    const isWhole = (match: RegExpExecArray) => whole || /[^\w:.(-]/.test(text.slice(match.index + match[0].length));
    for (const match of text.matchAll(number)) {
      if (isWhole(match)) yield { text: match[0], check: () => Promise.resolve(this.sourceOf(match[0], Number(match[1]))) };
    }
    for (const match of text.matchAll(filePath)) {
      if (isWhole(match)) yield { text: match[0], check: () => this.placeOf(match[0], match[1], numberOf(match[2]), numberOf(match[3])) };
    }
    for (const match of text.matchAll(name)) {
      if (isWhole(match)) yield { text: match[0].slice(1, -1), check: () => this.declarationOf(match[0].slice(1, -1)) };
    }
  }

  private sourceOf(text: string, index: number): Reference | undefined {
    const source = this.sources.at(index - 1);
    return index === 0 || source === undefined ? undefined : { text, path: source.path, startLine: source.startLine, endLine: source.endLine };
  }

  /** The file exists and has these lines. A name without its folders counts where only one file has it. */
  private async placeOf(text: string, written: string, start: number, end: number): Promise<Reference | undefined> {
    const known = this.workspace.has(written) ? [written] : this.workspace.paths.filter((one) => one.endsWith(`/${written}`));
    if (known.length !== 1) return undefined;
    const [found] = known;
    const lines = (await this.workspace.textOf(found))?.split(/\r\n|\r|\n/).length ?? 0;
    if (lines === 0 || start > lines || end > lines) return undefined;
    const startLine = Math.max(1, start);
    return { text, path: found, startLine, endLine: Math.max(startLine, end) };
  }

  /** The last part of a dotted name is what is declared. One that stands in a source is meant there. */
  private async declarationOf(text: string): Promise<Reference | undefined> {
    const last = identifiersOf(text).at(-1);
    if (last === undefined) return undefined;
    const declared = await declarationOf(this.workspace, last);
    return declared && { text, path: declared.path, startLine: declared.line, endLine: declared.line };
  }
}
