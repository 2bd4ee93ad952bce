"""Answered conversations as episodes: the prompt and its answer are the live text, behind a memory as when the engine is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .conversations import load
from .data import Array, Corpus
from .episodes import SINK, Episode, Sizes


class Chats:
    def __init__(self, path: Path, corpus: Corpus, sizes: Sizes) -> None:
        """@throws ValueError when the answers are about another corpus, or none fits."""
        rows = load(path)
        unknown = {row["repository"] for row in rows} - set(corpus.repositories)
        if unknown or any(segment >= len(corpus.segmentFile) for row in rows for segment in row["segments"]):
            raise ValueError(f"{path} is not about this corpus: {', '.join(sorted(unknown)) or 'it has fewer segments'}.")
        self.rows = [row for row in rows if len(row["prompt"]) + len(row["answer"]) <= sizes.live]
        if not self.rows:
            raise ValueError(f"{path} has no answer of at most {sizes.live} tokens with its prompt.")
        self.corpus, self.sizes = corpus, sizes

    def draw(self, random: np.random.Generator) -> Episode:
        """Asked early there is no memory; later it holds the best segments that are encoded, the best last."""
        row = self.rows[int(random.integers(len(self.rows)))]
        most = int(random.choice([0, 4, 8, 16]))
        segments = self.fit([self.corpus.segment(segment) for segment in row["segments"][:most]])
        live = np.array([*row["prompt"], *row["answer"]], np.int32)
        ranks = list(reversed(range(len(segments))))
        return Episode(segments[::-1], ranks, live, np.arange(len(live)) >= len(row["prompt"]))

    def fit(self, segments: list[Array]) -> list[Array]:
        room, fitting = self.sizes.context, []
        for segment in segments[: self.sizes.segments]:
            room -= len(SINK) + len(segment)
            if room >= 0:
                fitting.append(segment)
        return fitting
