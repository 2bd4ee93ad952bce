"""The episodes of an evaluation: fixed draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .episodes import QUERY, Episode, EpisodeSource


class DevelopmentSource(EpisodeSource):
    """Episodes with fixed draws: a file from its start, behind imports, neighbours and distractors up to the context's size."""

    def at(self, file: int) -> Episode | None:
        corpus = self.corpus
        live = corpus.file(file)[: self.sizes.live]
        if len(live) < QUERY * 2:
            return None
        repository = int(self.repositoryOf[file])
        everything = corpus.repositorySegments(repository)
        relevance = corpus.index(repository).relevance(live[:QUERY])
        imports, neighbours = corpus.imported(file), corpus.neighbours(file, repository)
        distractors = everything.copy()
        for group in (imports, neighbours, distractors):
            self.random.shuffle(group)
        order = np.concatenate([imports, neighbours, distractors])
        segments, ranks = self.fit(
            order, file, np.zeros(0, np.int64), dict(zip(everything.tolist(), relevance.tolist(), strict=True))
        )
        return Episode(segments, ranks, live, np.arange(len(live)) >= QUERY, paths=[corpus.paths[file]])

    def files(self, count: int) -> list[int]:
        """About `count` files, evenly from the repositories."""
        chosen, bounds = [], self.corpus.repositoryFiles
        for repository in range(len(bounds) - 1):
            files = np.arange(bounds[repository], bounds[repository + 1])
            files = files[self.corpus.fileLength[files] >= QUERY * 3]
            chosen += self.random.permutation(files)[: -(-count // (len(bounds) - 1))].tolist()
        return chosen


def pooled(episode: Episode, pool: int) -> Episode:
    """Only the `pool` best-ranked segments of the context."""
    keep = [i for i, rank in enumerate(episode.ranks) if rank < pool]
    return replace(episode, segments=[episode.segments[i] for i in keep], ranks=[episode.ranks[i] for i in keep])
