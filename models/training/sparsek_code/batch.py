"""Episodes to the tensors of one step, in constant shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from .chat import Chats
from .data import Corpus
from .episodes import END_OF_TEXT, SINK, Episode, EpisodeSource, Sizes, crossTokens

SEGMENT_ROOM = 1024
PAST_WINDOW = 512
"""Tokens of a long text so close to the importance queries are not scored: their attention is local, the window's business."""


@dataclass
class Batch:
    """E episodes. Context stream: sink, then E times `size` tokens of sinks and segments, padded.

    Teacher stream: an episode's sink, segments and live text as one document, E documents and padding.
    """

    kind: str
    context: Tensor
    """int64 [4 + E * size]"""
    contextBounds: Tensor
    """int32 [documents + 1], constant length: empty documents at the end. None is longer than SEGMENT_ROOM, padding too"""
    segments: Tensor
    """int64 [E, D, S]: each segment's places in its episode's context (without the sinks); unused: `size`"""
    ranks: Tensor
    """int64 [E, size]: rank of the token's segment, -1 = takes no prior"""
    live: Tensor
    """int64 [E, T]"""
    teacher: Tensor
    """int64 [E * (size + T)]"""
    teacherBounds: Tensor
    """int32 [E + 2]"""
    teacherPlaces: list[int]
    """The same as numbers: reading them off the GPU would make the host wait for it"""
    student: Tensor
    """int64 [targets]: rows of the flat live stream that predict a target; padded with row 0 at weight 0"""
    teacherRows: Tensor
    """int64 [targets]: the same in the teacher's stream"""
    labels: Tensor
    weights: Tensor
    """float32 [targets], sum 1"""
    queries: Tensor
    """int64 [E, q]: rows of the teacher's stream whose attention measures importance"""
    scored: Tensor
    """int64 [E, size + T]: the teacher's row of each candidate whose importance is measured, or -1"""

    def to(self, device: torch.device | str) -> Batch:
        move = lambda x: x.to(device, non_blocking=True) if isinstance(x, Tensor) else x  # noqa: E731
        return Batch(**{f.name: move(getattr(self, f.name)) for f in fields(self)})

    def pin_memory(self) -> Batch:
        """Called by the data loader."""
        pin = lambda x: x.pin_memory() if isinstance(x, Tensor) and torch.cuda.is_available() else x  # noqa: E731
        return Batch(**{f.name: pin(getattr(self, f.name)) for f in fields(self)})

    @property
    def size(self) -> int:
        return self.ranks.shape[1]

    @property
    def tokens(self) -> int:
        """Real tokens read by the student, padding not counted."""
        return self.teacherPlaces[-2]


def collate(
    episodes: list[Episode],
    kind: str,
    size: int,
    length: int,
    sizes: Sizes,
    targets: int,
    queries: int,
    random: np.random.Generator,
    crossWeight: float = 1.0,
) -> Batch:
    """`size` context tokens and `length` live tokens an episode; at most `targets` targets in all.

    Targets that only the context can tell count `crossWeight` times.
    """
    count, room = len(episodes), sizes.segments
    context = np.full((count, size), END_OF_TEXT, np.int64)
    segments = np.full((count, room if size else 0, SEGMENT_ROOM), size, np.int64)
    ranks = np.full((count, size), -1, np.int64)
    live = np.full((count, length), END_OF_TEXT, np.int64)
    scored = np.full((count, size + length), -1, np.int64)
    teacher: list[np.ndarray] = []
    bounds, teacherBounds, rows, query = [0, len(SINK)], [0], [], []
    for e, episode in enumerate(episodes):
        start, at = teacherBounds[-1] + len(SINK), 0
        teacher.append(np.array(SINK))
        for number, (segment, rank) in enumerate(zip(episode.segments, episode.ranks, strict=True)):
            body = at + len(SINK)
            end = body + len(segment)
            context[e, at:body], context[e, body:end] = SINK, segment
            segments[e, number, : len(segment)] = np.arange(body, end)
            ranks[e, body:end] = rank
            scored[e, body:end] = np.arange(start, start + len(segment))
            bounds.append(len(SINK) + e * size + end)
            teacher.append(segment)
            start, at = start + len(segment), end
        bounds += [len(SINK) + e * size + place for place in (*range(at + SEGMENT_ROOM, size, SEGMENT_ROOM), size) if at < size]
        live[e, : len(episode.live)] = episode.live
        teacher.append(episode.live)
        teacherBounds.append(start + len(episode.live))
        asked = np.flatnonzero(episode.predicted[1:])  # row i predicts token i + 1
        fromContext = np.isin(asked + 1, crossTokens(episode, first=1))
        rows.append(np.stack([e * length + asked, start + asked, episode.live[asked + 1], fromContext]))
        # Importance: what the live text's tokens attend to; for a text without context, what its last quarter does.
        first = 0 if episode.segments else len(episode.live) * 3 // 4
        places = np.arange(first, len(episode.live))
        query.append(start + random.choice(places, queries, replace=len(places) < queries))
        if not episode.segments and first > PAST_WINDOW:
            scored[e, size : size + first - PAST_WINDOW] = np.arange(start, start + first - PAST_WINDOW)
    total = count * (size + length) + len(SINK) * count
    flat = np.concatenate(teacher)
    picked = np.concatenate(rows, 1)
    if picked.shape[1] > targets:
        picked = picked[:, np.sort(random.choice(picked.shape[1], targets, replace=False))]
    weights = np.zeros(targets, np.float32)
    weights[: picked.shape[1]] = np.where(picked[3], crossWeight, 1)
    weights /= weights.sum()
    picked = np.pad(picked, ((0, 0), (0, targets - picked.shape[1])))
    documents = 2 + count * (room + 1 + size // SEGMENT_ROOM)
    tensor = lambda x: torch.from_numpy(np.ascontiguousarray(x))  # noqa: E731
    return Batch(
        kind,
        torch.cat([torch.tensor(SINK), tensor(context).flatten()]),
        torch.tensor(bounds + [bounds[-1]] * (documents - len(bounds)), dtype=torch.int32),
        tensor(segments), tensor(ranks), tensor(live),
        tensor(np.pad(flat, (0, total - len(flat)), constant_values=END_OF_TEXT)).long(),
        torch.tensor([*teacherBounds, total], dtype=torch.int32), [*teacherBounds, total],
        tensor(picked[0]), tensor(picked[1]), tensor(picked[2]), tensor(weights),
        tensor(np.stack(query)), tensor(scored),
    )  # fmt: skip


@dataclass(frozen=True)
class Mixture:
    """Shares of the kinds, episodes a step and numbers of targets and importance queries."""

    cross: float = 0.55
    fill: float = 0.2
    long: float = 0.25
    chat: float = 0.0
    episodes: int = 4
    targets: int = 8192
    queries: int = 192
    crossWeight: float = 4.0
    """How often a target counts that only the context can tell: about one in ten is such."""


class Batches(IterableDataset):
    """An endless stream of batches; each worker draws its own."""

    def __init__(self, corpus: Corpus, sizes: Sizes, mixture: Mixture, seed: int, chats: Chats | None = None) -> None:
        self.corpus, self.sizes, self.mixture, self.seed, self.chats = corpus, sizes, mixture, seed, chats

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        seed = self.seed * 1000 + (worker.id if worker else 0)
        source, random = EpisodeSource(self.corpus, self.sizes, seed), np.random.default_rng(seed)
        mixture, sizes = self.mixture, self.sizes
        shares = np.array([mixture.cross, mixture.fill, mixture.long, mixture.chat if self.chats else 0])
        while True:
            kind = str(random.choice(["cross", "fill", "long", "chat"], p=shares / shares.sum()))
            size, length = (0, sizes.long) if kind == "long" else (sizes.context, sizes.live)
            if kind == "chat" and self.chats:
                episodes, crossWeight = [self.chats.draw(random) for _ in range(mixture.episodes)], 1.0
            else:
                episodes, crossWeight = [source.draw(kind) for _ in range(mixture.episodes)], mixture.crossWeight
            yield collate(episodes, kind, size, length, sizes, mixture.targets, mixture.queries, random, crossWeight)
