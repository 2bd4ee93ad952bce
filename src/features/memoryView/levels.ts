import type { LineMemory } from '../../protocol';

/** How much of a line is kept, in steps that an eye can tell apart. `live`: around the cursor, where everything is. */
export const levels = ['little', 'some', 'much', 'whole', 'live'] as const;
export type Level = (typeof levels)[number];

/** The legend, as a person reads it. */
export const levelNames: Readonly<Record<Level, string>> = {
  little: 'up to a quarter of the line',
  some: 'up to half of it',
  much: 'up to three quarters',
  whole: 'more than that',
  live: 'around the cursor: all of it, for now',
};

/** The line's edge, which tells the levels apart where colours do not. */
export const levelEdges: Readonly<Record<Level, string>> = {
  little: 'dotted edge',
  some: 'dashed edge',
  much: 'thin edge',
  whole: 'thick edge',
  live: 'double edge',
};

/** Undefined where nothing is kept. */
export function levelOf({ kept, live }: Pick<LineMemory, 'kept' | 'live'>): Level | undefined {
  if (live && kept === 1) return 'live';
  if (kept <= 0) return undefined;
  return kept <= 0.25 ? 'little' : kept <= 0.5 ? 'some' : kept <= 0.75 ? 'much' : 'whole';
}

/** Lines in a row; 1-based, inclusive. */
export interface LineRun {
  readonly startLine: number;
  readonly endLine: number;
}

/** The lines of each level, those next to each other as one. @param lines in order, without repeats */
export function runsOf(lines: readonly LineMemory[]): ReadonlyMap<Level, readonly LineRun[]> {
  const runs = new Map<Level, LineRun[]>();
  for (const line of lines) {
    const level = levelOf(line);
    if (level === undefined) continue;
    const own = runs.get(level) ?? [];
    const last = own.at(-1);
    if (last?.endLine === line.line - 1) own[own.length - 1] = { ...last, endLine: line.line };
    else own.push({ startLine: line.line, endLine: line.line });
    runs.set(level, own);
  }
  return runs;
}
