"""Episodes: what one training step reads, drawn at random from a corpus.

An episode is a live text behind a context of segments from its repository. Three kinds, in the layouts the engine uses:

- `cross`: a file, or its part from some segment on, streamed; the context holds its imports, neighbours, what retrieval
  finds, distractors, and the file's own earlier segments;
- `fill`: fill in the middle, `<|fim_prefix|><|fim_suffix|>suffix<|fim_middle|>prefix-tail middle`, read in one piece (some
  in the order prefix, suffix, middle); the rest of the file stands in the context;
- `long`: 16k tokens of a long file (with neighbours, if it is shorter), streamed through the memory, no context.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .data import Array, Corpus

SINK = [151643, 151663, 12821, 198]
END_OF_TEXT, FIM_PREFIX, FIM_MIDDLE, FIM_SUFFIX = 151643, 151659, 151660, 151661
QUERY = 256
"""Tokens of the live text by which the context's segments are ranked."""


@dataclass
class Episode:
    segments: list[Array]
    """Context, each without the sink, in source order: the order of a recall that `reference.py` defines."""
    ranks: list[int]
    """Each segment's rank by relevance; -1 for the live file's own segments, which take no prior."""
    live: Array
    predicted: Array
    """bool, like `live`: the loss asks for these tokens."""
    streamed: bool = True
    """False: the live text is read in one piece and nothing of it is evicted."""
    paths: list[str] = field(default_factory=list)


def crossTokens(episode: Episode, first: int = QUERY) -> Array:
    """Places in the live text, from `first` on, whose bigram stands in the context and not earlier in the text."""
    pairs = lambda x: x[:-1].astype(np.int64) << 20 | x[1:]  # noqa: E731
    own = pairs(episode.live)
    new = np.zeros(len(own), bool)
    new[np.unique(own, return_index=True)[1]] = True
    context = np.concatenate([np.zeros(0, np.int64), *map(pairs, episode.segments)])
    places = np.flatnonzero(new & np.isin(own, context)) + 1
    return places[places >= first]


@dataclass(frozen=True)
class Sizes:
    """The constant shapes of a step. `context` counts every segment with its sink."""

    context: int = 14_336
    live: int = 2048
    long: int = 16_384
    suffix: int = 256
    window: int = 1024
    segments: int = 32


class EpisodeSource:
    def __init__(self, corpus: Corpus, sizes: Sizes, seed: int) -> None:
        self.corpus, self.sizes, self.random = corpus, sizes, np.random.default_rng(seed)
        lengths, repositoryOf = (
            corpus.fileLength,
            np.repeat(np.arange(len(corpus.repositories)), np.diff(corpus.repositoryFiles)),
        )
        self.repositoryOf = repositoryOf
        # A repository counts by the root of its size, a file by what it can fill of a live text.
        useful = np.where(lengths >= min(700, sizes.live // 2), np.minimum(lengths, sizes.live), 0).astype(float)
        totals = np.bincount(repositoryOf, useful)
        self.weights = useful / np.sqrt(np.maximum(totals, 1))[repositoryOf]
        self.weights /= self.weights.sum()
        longer = np.where(lengths >= sizes.long * 6 // 16, np.minimum(lengths, sizes.long), 0).astype(float)
        self.longWeights = longer / max(longer.sum(), 1)

    def draw(self, kind: str) -> Episode:
        while True:
            episode = {"cross": self.cross, "fill": self.fill, "long": self.long}[kind]()
            if episode is not None:
                return episode

    def cross(self, file: int | None = None) -> Episode | None:
        corpus, random = self.corpus, self.random
        file = int(random.choice(len(corpus.paths), p=self.weights)) if file is None else file
        own = corpus.segmentsOf(np.array([file]))
        first = int(random.integers(len(own))) if len(own) > 1 and random.random() < 0.4 else 0
        live = corpus.file(file, first)[: self.sizes.live]
        if len(live) < self.sizes.live // 4:
            return None
        earlier = own[max(0, first - 6) : first]
        segments, ranks = self.context(file, live[:QUERY], earlier)
        predicted = np.arange(len(live)) >= (self.sizes.live // 64 if first == 0 else 1)
        return Episode(segments, ranks, live, predicted)

    def fill(self) -> Episode | None:
        corpus, random, sizes = self.corpus, self.random, self.sizes
        file = int(random.choice(len(corpus.paths), p=self.weights))
        text = corpus.file(file)
        length = int(np.exp(random.uniform(np.log(4), np.log(sizes.live // 6))))
        if len(text) < length + 64:
            return None
        start = int(random.integers(32, len(text) - length))
        tail = text[max(0, start - sizes.window - int(random.integers(0, sizes.window // 4))) : start]
        middle = text[start : start + length]
        suffix = text[start + length :][: int(random.integers(0, sizes.suffix + 1))]
        marker = lambda token: np.array([token], np.int32)  # noqa: E731
        if random.random() < 0.15:
            pieces = [marker(FIM_PREFIX), tail, marker(FIM_SUFFIX), suffix, marker(FIM_MIDDLE), middle, marker(END_OF_TEXT)]
            asked = [0, 1, 0, 0, 0, 1, 1]
        else:
            pieces = [marker(FIM_PREFIX), marker(FIM_SUFFIX), suffix, marker(FIM_MIDDLE), tail, middle, marker(END_OF_TEXT)]
            asked = [0, 0, 0, 0, 1, 1, 1]
        live = np.concatenate(pieces)
        predicted = np.concatenate([np.full(len(piece), bool(ask)) for piece, ask in zip(pieces, asked, strict=True)])
        if len(live) > sizes.live:
            return None
        # The rest of the file: segments that lie whole before the tail or behind the suffix.
        own, bounds = corpus.segmentsOf(np.array([file])), corpus.segmentBounds
        begins, ends = bounds[own] - bounds[own[0]], bounds[own + 1] - bounds[own[0]]
        behind = begins >= start + length + len(suffix)
        rest = own[(ends <= start - len(tail)) | behind][:6]
        first = behind[rest - own[0]]
        segments, ranks = self.context(file, tail[-QUERY:], np.concatenate([rest[first], rest[~first]]))
        return Episode(segments, ranks, live, predicted, streamed=False)

    def long(self) -> Episode | None:
        corpus, random, size = self.corpus, self.random, self.sizes.long
        file = int(random.choice(len(corpus.paths), p=self.longWeights))
        first = (
            int(random.integers(corpus.fileSegments[file + 1] - corpus.fileSegments[file]))
            if corpus.fileLength[file] > 2 * size
            else 0
        )
        text = corpus.file(file, first)[:size]
        repository = corpus.repositoryFiles
        bottom = repository[self.repositoryOf[file]]
        while len(text) < size and file > bottom:  # earlier files of the repository in front
            file -= 1
            text = np.concatenate([corpus.file(file), text])[-size:]
        if len(text) < size // 2:
            return None
        return Episode([], [], text, np.arange(len(text)) >= size // 8)

    def context(self, file: int, query: Array, own: Array) -> tuple[list[Array], list[int]]:
        """Segments for a live part of `file` until the context is full, with their ranks by relevance; `own` in their order."""
        corpus, random = self.corpus, self.random
        repository = int(self.repositoryOf[file])
        everything = corpus.repositorySegments(repository)
        relevance = corpus.index(repository).relevance(query)
        retrieved = everything[np.argsort(-relevance, kind="stable")]
        imports, neighbours = corpus.imported(file), corpus.neighbours(file, repository)
        for group in (imports, neighbours):
            random.shuffle(group)
        distractors = random.choice(everything, min(24, len(everything)), replace=False)
        if random.random() < 0.5:
            order = np.concatenate([own, imports[:8], neighbours[:6], distractors, retrieved[:32]])
        else:
            order = np.concatenate([own, retrieved[: int(random.integers(4, 17))], imports[:4], distractors, retrieved[:32]])
        return self.fit(order, file, own, dict(zip(everything.tolist(), relevance.tolist(), strict=True)))

    def fit(self, order: Array, file: int, own: Array, relevance: dict[int, float]) -> tuple[list[Array], list[int]]:
        """The first segments of `order` that fit, without repeats and without the live file's others, in the order of a recall:

        the less relevant first, then the live file's `own` as they are given (those behind the live text, those before it).
        """
        room, chosen = self.sizes.context, []
        ownSet = set(own.tolist())
        for segment in dict.fromkeys(order.tolist()):
            size = len(SINK) + len(self.corpus.segment(segment))
            if (self.corpus.segmentFile[segment] == file and segment not in ownSet) or size > room:
                continue
            if len(chosen) == self.sizes.segments:
                break
            chosen.append(segment)
            room -= size
        retrieved = sorted((s for s in chosen if s not in ownSet), key=lambda s: -relevance[s])
        fitting = [segment for segment in own.tolist() if segment in set(chosen)]
        ranks = [*reversed(range(len(retrieved))), *[-1] * len(fitting)]
        return [self.corpus.segment(s) for s in retrieved[::-1] + fitting], ranks
