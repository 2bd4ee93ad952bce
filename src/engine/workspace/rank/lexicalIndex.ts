import MiniSearch, { type Options, type SearchResult } from 'minisearch';
import type { Segment } from '../segment/segment';
import { inSlices, letEventsIn } from '../slices';
import { jsonOf } from './searchJson';
import { identifiersOf, wordsOf } from './terms';

/** What the index keeps of a segment: its text is read again when it is needed. */
export interface IndexedSegment {
  readonly id: number;
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly definitions: readonly string[];
}

/** Terms with their weights, above 0. */
export type WeightedTerms = ReadonlyMap<string, number>;

export interface LexicalQuery {
  /** Identifiers as written, looked for in the text and among the names it declares. */
  readonly identifiers: WeightedTerms;
  /** Stems of words, looked for in identifiers, comments and the path. */
  readonly words: WeightedTerms;
  /** What a match counts by the place it is found in. */
  readonly boosts: FieldBoosts;
}

export interface FieldBoosts {
  readonly defines: number;
  readonly identifiers: number;
  readonly words: number;
  readonly path: number;
}

export interface LexicalMatch {
  readonly segment: IndexedSegment;
  /** BM25+, not bounded. */
  readonly score: number;
  /** Terms of the query that the segment contains. */
  readonly terms: readonly string[];
}

/** An index as it is kept. */
export interface LexicalSnapshot {
  readonly segments: readonly IndexedSegment[];
  readonly nextId: number;
  /** JSON of the search library's own form. */
  readonly search: string;
}

interface IndexedText extends IndexedSegment {
  readonly text: string;
}

/** A BM25+ index over segments, updated file by file. */
export class LexicalIndex {
  private readonly segments = new Map<number, IndexedSegment>();
  private readonly idsByPath = new Map<string, number[]>();
  private nextId = 0;
  private search = new MiniSearch<IndexedText>(options);

  /** Puts a file's segments in place of those it had. */
  async update(path: string, segments: readonly Segment[]): Promise<void> {
    this.remove(path);
    const added: number[] = [];
    this.idsByPath.set(path, added);
    await inSlices(this.adding(path, segments, added), letEventsIn);
  }

  private *adding(path: string, segments: readonly Segment[], added: number[]): Generator<void, void> {
    for (const { startLine, endLine, definitions, body } of segments) {
      const kept = { id: this.nextId++, path, startLine, endLine, definitions };
      this.segments.set(kept.id, kept);
      this.search.add({ ...kept, text: body });
      added.push(kept.id);
      yield;
    }
  }

  remove(path: string): void {
    for (const id of this.idsByPath.get(path) ?? []) {
      this.search.discard(id);
      this.segments.delete(id);
    }
    this.idsByPath.delete(path);
  }

  segmentsOf(path: string): IndexedSegment[] {
    return (this.idsByPath.get(path) ?? []).flatMap((id) => this.segments.get(id) ?? []);
  }

  declaring(name: string): IndexedSegment[] {
    return [...this.segments.values()].filter(({ definitions }) => definitions.includes(name));
  }

  get size(): number {
    return this.segments.size;
  }

  /** What it holds, to be kept; nothing of what was removed is in it. Other work gets its turn. */
  async snapshot(): Promise<LexicalSnapshot> {
    if (this.search.dirtCount > 0) await this.search.vacuum();
    return { segments: [...this.segments.values()], nextId: this.nextId, search: await jsonOf(this.search) };
  }

  /** @throws Error when it is not what {@link snapshot} gave */
  static async from({ segments, nextId, search }: LexicalSnapshot): Promise<LexicalIndex> {
    const index = new LexicalIndex();
    index.search = await MiniSearch.loadJSONAsync(search, options);
    index.nextId = nextId;
    for (const segment of segments) {
      index.segments.set(segment.id, segment);
      const ids = index.idsByPath.get(segment.path);
      if (ids === undefined) index.idsByPath.set(segment.path, [segment.id]);
      else ids.push(segment.id);
    }
    return index;
  }

  /** Segments with any of the terms, best first; segments of equal score in the order they were added. */
  query({ identifiers, words, boosts }: LexicalQuery): LexicalMatch[] {
    const results = this.search.search({
      combineWith: 'OR',
      queries: [
        weighted(identifiers, { defines: boosts.defines, identifiers: boosts.identifiers }),
        weighted(words, { words: boosts.words, path: boosts.path }),
      ],
    });
    return results.flatMap((result) => this.matchOf(result));
  }

  private matchOf(result: SearchResult): LexicalMatch[] {
    const segment = this.segments.get(Number(result.id));
    return segment === undefined ? [] : [{ segment, score: result.score, terms: result.queryTerms }];
  }
}

const options: Options<IndexedText> = {
  fields: ['defines', 'identifiers', 'words', 'path'],
  extractField: (segment, field) => fieldOf(segment, field),
  tokenize: (text, field) => (field === 'words' || field === 'path' ? identifiersOf(text).flatMap(wordsOf) : identifiersOf(text)),
  processTerm: (term) => term,
};

function fieldOf(segment: IndexedText, field: string): string | number {
  switch (field) {
    case 'id': return segment.id;
    case 'path': return segment.path;
    case 'defines': return segment.definitions.join(' ');
    default: return segment.text;
  }
}

function weighted(terms: WeightedTerms, boost: Readonly<Record<string, number>>) {
  const fields = Object.keys(boost).filter((field) => boost[field] > 0);
  return {
    queries: [...terms.keys()],
    combineWith: 'OR' as const,
    fields,
    boost: { ...boost },
    boostTerm: (term: string) => terms.get(term) ?? 1,
    tokenize: (term: string) => [term],
    processTerm: (term: string) => term,
  };
}
