import { identifiersOf, type Workspace } from '../../workspace';

/** What the index knows of a name that a question asks about; the model only explains it. */
export interface SymbolFact {
  readonly name: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Its declaration's line. */
  readonly signature: string;
  /** Places that use it, as `path:line`. */
  readonly uses: readonly string[];
}

const mostFacts = 3;
const mostUses = 4;
/** A plain word that some file happens to declare is no name that is asked about. */
const written = /[_$]|\p{Ll}\p{Lu}|^\p{Lu}\p{Ll}+\p{Lu}/u;
const longestSignature = 160;

/** Where the names of a question are declared and used. Names are those written as code writes them, or in backticks. */
export async function symbolFacts(workspace: Workspace, question: string, signal: AbortSignal): Promise<SymbolFact[]> {
  const quoted = new Set([...question.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => identifiersOf(text)));
  const names = [...new Set(identifiersOf(question))].filter((name) => quoted.has(name) || written.test(name));
  const facts: SymbolFact[] = [];
  for (const name of names.slice(0, mostFacts)) {
    signal.throwIfAborted();
    const declared = await declarationOf(workspace, name);
    if (declared !== undefined) facts.push({ ...declared, uses: await usesOf(workspace, name, declared) });
  }
  return facts;
}

/** The first place that declares a name, in a file that is no test where there is one. */
export async function declarationOf(workspace: Workspace, name: string): Promise<Omit<SymbolFact, 'uses'> | undefined> {
  const places = workspace.declaring(name);
  for (const { path, startLine, endLine } of [...places].sort((a, b) => Number(isTest(a.path)) - Number(isTest(b.path)))) {
    const lines = (await workspace.textOf(path))?.split(/\r\n|\r|\n/) ?? [];
    const line = lineWith(lines, name, startLine - 1, endLine, true) ?? lineWith(lines, name, startLine - 1, endLine, false);
    if (line !== undefined) return { name, path, line: line + 1, signature: lines[line].trim().slice(0, longestSignature) };
  }
  return undefined;
}

async function usesOf(workspace: Workspace, name: string, declared: { readonly path: string; readonly line: number }): Promise<string[]> {
  const uses: string[] = [];
  for (const { path, startLine, endLine } of workspace.rankForQuestion(name, { open: [], recent: [] }, 3 * mostUses)) {
    if (uses.length >= mostUses || isTest(path)) continue;
    const lines = (await workspace.textOf(path))?.split(/\r\n|\r|\n/) ?? [];
    const from = path === declared.path && startLine <= declared.line ? declared.line : startLine - 1;
    const line = lineWith(lines, name, from, endLine, false);
    if (line !== undefined) uses.push(`${path}:${line + 1}`);
  }
  return uses;
}

/** @returns the 0-based line; with `declares` one that reads like a declaration, not a comment */
function lineWith(lines: readonly string[], name: string, start: number, end: number, declares: boolean): number | undefined {
  const found = lines.slice(start, end).findIndex((line) => identifiersOf(line).includes(name)
    && (!declares || (!/^\s*(?:\/\/|\*|#|\/\*)/.test(line) && !/^\s*(?:import|from|use|return)\b/.test(line))));
  return found < 0 ? undefined : start + found;
}

function isTest(path: string): boolean {
  return /(^|[/_.-])(tests?|specs?|__tests__|examples?)([/_.-]|$)/i.test(path) || /(Tests?|Spec)\.\w+$/.test(path);
}
