import type { FieldBoosts } from './lexicalIndex';

/** How the parts of a score are weighed. */
export interface RankingWeights {
  readonly boosts: FieldBoosts;
  /** For a segment that declares a name which the file imports by name. */
  readonly importedName: number;
  /** Share of `importedName` that counts wherever the name is used; the rest falls with its distance from the cursor. */
  readonly importedAnywhere: number;
  /** For any segment of a file that is imported. */
  readonly importedFile: number;
  readonly open: number;
  readonly recent: number;
}

export const completionWeights: RankingWeights = {
  boosts: { defines: 30, identifiers: 1, words: 0.3, path: 0.3 },
  importedName: 0.3,
  importedAnywhere: 0.3,
  importedFile: 0.02,
  open: 0.1,
  recent: 0.1,
};

export const questionWeights: RankingWeights = {
  boosts: { defines: 3, identifiers: 1.5, words: 1, path: 2 },
  importedName: 0,
  importedAnywhere: 0,
  importedFile: 0,
  open: 0.1,
  recent: 0.05,
};
