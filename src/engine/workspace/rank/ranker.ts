import { compareCodeUnits } from '../paths';
import type { Segment } from '../segment/segment';
import { completionQuery } from './completionQuery';
import { ImportGraph, type Import, type ImportSnapshot } from './imports/importGraph';
import { LexicalIndex, type IndexedSegment, type LexicalMatch, type LexicalQuery, type LexicalSnapshot, type WeightedTerms } from './lexicalIndex';
import { questionQuery } from './questionQuery';
import type { RankedSegment } from './ranked';
import { completionWeights, questionWeights, type RankingWeights } from './weights';

/** What the person is working on. */
export interface Attention {
  /** Paths of the open files. */
  readonly open: readonly string[];
  /** Paths of recently edited files, the latest first. */
  readonly recent: readonly string[];
}

export interface CompletionContext extends Attention {
  /** The file with the cursor: nothing of it is chosen, it is read as a whole anyway. */
  readonly path: string;
  readonly text: string;
  /** UTF-16 offset of the cursor. */
  readonly offset: number;
}

export interface RankerSnapshot {
  readonly lexical: LexicalSnapshot;
  readonly imports: ImportSnapshot;
}

/** Chooses the segments of a workspace that matter for a request. Equal scores are ordered by path and line. */
export class Ranker {
  private readonly imports: ImportGraph;

  constructor(private readonly index = new LexicalIndex(), imports?: ImportSnapshot) {
    this.imports = new ImportGraph((path, name) => index.segmentsOf(path).some(({ definitions }) => definitions.includes(name)), imports);
  }

  /** @throws Error when it is not what {@link snapshot} gave */
  static async from({ lexical, imports }: RankerSnapshot): Promise<Ranker> {
    return new Ranker(await LexicalIndex.from(lexical), imports);
  }

  /** What it holds, to be kept. */
  async snapshot(): Promise<RankerSnapshot> {
    const imports = this.imports.snapshot();
    return { lexical: await this.index.snapshot(), imports };
  }

  /** Takes a file in, or its new content. */
  async update(path: string, text: string, segments: readonly Segment[]): Promise<void> {
    this.imports.update(path, text);
    await this.index.update(path, segments);
  }

  remove(path: string): void {
    this.index.remove(path);
    this.imports.remove(path);
  }

  declaring(name: string): IndexedSegment[] {
    return this.index.declaring(name).sort((a, b) => compareCodeUnits(a.path, b.path) || a.startLine - b.startLine);
  }

  get segmentCount(): number {
    return this.index.size;
  }

  forCompletion(context: CompletionContext, limit: number, weights = completionWeights): RankedSegment[] {
    const query = completionQuery(context.text, context.offset);
    const imports = this.imports.importsOf(context.path, context.text);
    return this.rank(query, imports, context, weights, limit, context.path);
  }

  forQuestion(question: string, attention: Attention, limit: number, weights = questionWeights): RankedSegment[] {
    return this.rank(questionQuery(question), [], attention, weights, limit);
  }

  private rank(
    query: Pick<LexicalQuery, 'identifiers' | 'words'>,
    imports: readonly Import[],
    attention: Attention,
    weights: RankingWeights,
    limit: number,
    without?: string,
  ): RankedSegment[] {
    const matches = this.index.query({ ...query, boosts: weights.boosts });
    const best = matches.at(0)?.score ?? 1;
    const importedFor = new Map(imports.map(({ path, names }) => [path, names]));
    const ranked = this.candidates(matches, imports)
      .filter(({ segment }) => segment.path !== without)
      .map(({ segment, score, terms }) => {
        const names = importedFor.get(segment.path);
        const asked = segment.definitions.filter((name) => query.identifiers.has(name) || names?.has(name));
        const parts = {
          lexical: score / best,
          imported: names === undefined ? 0 : importance(segment, names, query.identifiers, weights),
          open: attention.open.includes(segment.path) ? weights.open : 0,
          recent: recency(segment.path, attention.recent) * weights.recent,
        };
        const sum = parts.lexical + parts.imported + parts.open + parts.recent;
        const { path, startLine, endLine } = segment;
        return { path, startLine, endLine, score: sum, why: { ...parts, terms, declares: asked } };
      });
    return ranked.sort(byScore).slice(0, limit);
  }

  /** What the words find, and what is imported though no word finds it. */
  private candidates(matches: readonly LexicalMatch[], imports: readonly Import[]): LexicalMatch[] {
    const found = new Set(matches.map(({ segment }) => segment.id));
    const others = imports.flatMap(({ path }) => this.index.segmentsOf(path)).filter(({ id }) => !found.has(id));
    return [...matches, ...others.map((segment: IndexedSegment) => ({ segment, score: 0, terms: [] }))];
  }
}

/** The part of a score that an imported file's segment has for it; `names` are those that the file is imported for. */
function importance(
  { definitions }: IndexedSegment,
  names: ReadonlySet<string>,
  near: WeightedTerms,
  weights: RankingWeights,
): number {
  const { importedName, importedAnywhere, importedFile } = weights;
  const named = definitions
    .filter((name) => names.has(name))
    .map((name) => importedAnywhere + (1 - importedAnywhere) * (near.get(name) ?? 0));
  return importedFile + importedName * Math.max(0, ...named);
}

/** 1 for the latest, falling by halves. */
function recency(path: string, recent: readonly string[]): number {
  const place = recent.indexOf(path);
  return place < 0 ? 0 : 0.5 ** place;
}

function byScore(a: RankedSegment, b: RankedSegment): number {
  return b.score - a.score || compareCodeUnits(a.path, b.path) || a.startLine - b.startLine;
}
