"""Reads episodes in every way the table compares: memory, baselines, retrieved text, full attention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np
import torch
from torch import Tensor

from . import losses
from .batch import SEGMENT_ROOM, Batch, collate
from .data import Array
from .episodes import SINK, Episode, Sizes, crossTokens
from .frame import Context, Entries
from .memory import Plan
from .model import Model
from .recipe import priorOf
from .table import Table

WINDOW, CHUNK, POOL = 1024, 256, 16
SEED = 7
LANGUAGES = {
    ".py": "Python", ".go": "Go", ".rs": "Rust", ".java": "Java", ".ts": "TypeScript", ".tsx": "TypeScript",
    ".js": "JavaScript", ".jsx": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript",
    ".c": "C", ".h": "C++", ".cc": "C++", ".cpp": "C++", ".hpp": "C++",
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Which rows are measured: memory sizes, numbers of retrieved segments as text, baselines, full attention."""

    entries: tuple[int, ...] = (256, 512, 1024, 2048)
    texts: tuple[int, ...] = (1, 2, 4, 8)
    baselines: bool = True
    full: bool = True
    base: bool = True
    """Full attention of the base without updates, where it is at hand."""
    shares: tuple[float, ...] = ()
    """Of `Plan`: what each layer's memory holds, as a multiple of K."""


class Evaluator:
    def __init__(self, model: Model, rows: Rows) -> None:
        self.model, self.rows, self.device = model, rows, model.base.embedding.device

    def wholes(self) -> list[tuple[str, bool]]:
        """Names of the full-attention rows, and whether they have the updates."""
        return [("full", True), ("full, base", False)][: self.rows.full + (self.rows.full and self.rows.base)]

    def batch(self, episodes: list[Episode], kind: str, sizes: Sizes, targets: int) -> tuple[Batch, list[Entries]]:
        """The episodes as tensors, and their context encoded."""
        random = np.random.default_rng(SEED)
        batch = collate(episodes, kind, sizes.context, sizes.live, sizes, targets, 1, random).to(self.device)
        return batch, self.model.readDocuments(batch.context, batch.contextBounds, SEGMENT_ROOM)[1]

    def text(self, documents: list[Array], adapted: bool = True) -> Tensor:
        """Hidden states of whole documents under full attention, one after the other."""
        tokens = torch.from_numpy(np.concatenate(documents)).long().to(self.device)
        bounds = torch.tensor(np.cumsum([0, *map(len, documents)]), dtype=torch.int32, device=self.device)
        hidden, _ = self.model.readDocuments(tokens, bounds, max(map(len, documents)), adapted, True)
        assert hidden is not None
        return hidden

    def loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        return losses.crossEntropy(hidden, self.model.base.embedding, labels)

    def cross(self, episodes: list[Episode], table: Table, sizes: Sizes) -> None:
        """Cross-file tokens of files behind segments of their repository."""
        asked = [crossTokens(episode) for episode in episodes]
        join = lambda parts: torch.from_numpy(np.concatenate(parts)).long().to(self.device)  # noqa: E731
        labels = join([episode.live[a] for episode, a in zip(episodes, asked, strict=True)])
        owner = join([np.full(len(a), number) for number, a in enumerate(asked)])
        places = join([number * sizes.live + a - 1 for number, a in enumerate(asked)])
        table.labels += [LANGUAGES[PurePosixPath(episode.paths[0]).suffix] for episode in episodes]
        batch, layers = self.batch(episodes, "cross", sizes, targets=1)

        rows = self.rows
        plan = Plan(0, WINDOW, CHUNK, shares=rows.shares)

        def remember(name: str, plan: Plan, prior: Tensor, scores: list[Tensor] | None = None) -> None:
            context = Context(layers, batch.size, batch.segments, prior, scores)
            hidden = self.model.readLive(batch.live, context, plan)[0].flatten(0, 1)
            table.add(name, self.loss(hidden[places], labels), owner, len(episodes))

        def read(name: str, segments: list[list[Array]], adapted: bool = True) -> None:
            documents = [np.concatenate([SINK, *s, episode.live]) for s, episode in zip(segments, episodes, strict=True)]
            starts = np.cumsum(list(map(len, documents))) - [len(episode.live) for episode in episodes]
            hidden = self.text(documents, adapted)[join([start + a - 1 for start, a in zip(starts, asked, strict=True)])]
            table.add(name, self.loss(hidden, labels), owner, len(episodes))

        flat, prior = torch.zeros_like(priorOf(batch.ranks)), priorOf(batch.ranks)
        remember("none", plan, flat)
        for k in rows.entries:
            sized = replace(plan, entries=k)
            remember(f"memory {k}", sized, flat)
            remember(f"memory {k} prior", sized, prior)
            remember(f"memory {k} pool", sized, torch.where(batch.ranks < POOL, prior, -1e4))
        if rows.baselines:
            for name, scores in self.baselines(batch, layers).items():
                for k in rows.entries:
                    remember(f"{name} {k}", replace(plan, entries=k, stored=SEGMENT_ROOM), flat, scores)
        for n in rows.texts:  # the best segment stands next to the text
            read(f"text {n}", [[e.segments[i] for i in np.argsort(e.ranks)[:n][::-1]] for e in episodes])
        for name, adapted in self.wholes():
            read(name, [episode.segments for episode in episodes], adapted)

    def baselines(self, batch: Batch, layers: list[Entries]) -> dict[str, list[Tensor]]:
        """Scores [E, heads, size + T] a layer that do not come from the scorer."""
        episodes, size, length = len(batch.live), batch.size, batch.live.shape[1]
        heads, generator = self.model.geometry.keyValueHeads, torch.Generator(self.device).manual_seed(SEED)
        shape = (episodes, heads, size + length)
        recency = torch.arange(size + length, device=self.device).float().expand(shape)
        norms = [-layer.keys[4:].float().norm(dim=-1).unflatten(0, (episodes, size)).transpose(1, 2) for layer in layers]
        return {
            "random": [torch.rand(shape, generator=generator, device=self.device) for _ in layers],
            "recency": [recency] * len(layers),
            # Scores of the text's own tokens are not known before it is read: in this row they come last.
            "key norm": [torch.cat([n, n.amin().expand(episodes, heads, length)], -1) for n in norms],
        }

    def long(self, texts: list[Array], table: Table, tail: int, window: int = WINDOW) -> None:
        """The last `tail` tokens of long texts, all of one length, a multiple of the chunk."""
        live = torch.from_numpy(np.stack(texts)).long().to(self.device)
        count, length = live.shape
        owner = torch.arange(count, device=self.device).repeat_interleave(tail)
        places = owner * length + torch.arange(length - tail - 1, length - 1, device=self.device).repeat(count)
        labels = live[:, length - tail :].flatten()
        sink = torch.tensor(SINK, device=self.device)
        _, layers = self.model.readDocuments(sink, torch.tensor([0, 4], dtype=torch.int32, device=self.device), 4)
        empty = torch.zeros(count, 0, SEGMENT_ROOM, dtype=torch.long, device=self.device)
        context = Context(layers, 0, empty, torch.zeros(count, 0, device=self.device))
        for name, k in [("window only", 0), *((f"streamed {k}", k) for k in self.rows.entries)]:
            hidden = self.model.readLive(live, context, Plan(k, window, CHUNK, shares=self.rows.shares))[0].flatten(0, 1)
            table.add(name, self.loss(hidden[places], labels), owner, count)
        for name, adapted in self.wholes():
            hidden = self.text([np.concatenate([SINK, text]) for text in texts], adapted)
            table.add(name, self.loss(hidden[places + 4 * (owner + 1)], labels), owner, count)
        table.labels += ["long"] * count

    def fill(self, episodes: list[Episode], table: Table, sizes: Sizes) -> None:
        """Prefix tail and middle in the layout of a request; K = 0 still sees the suffix and the prefix's tail."""
        count, length = len(episodes), sizes.live
        batch, layers = self.batch(episodes, "fill", sizes, targets=count * length)
        used = batch.weights > 0
        rows, labels, owner = batch.student[used], batch.labels[used], batch.student[used] // length
        context = Context(layers, batch.size, batch.segments, priorOf(batch.ranks))
        for name, k in [("none", 0), *((f"memory {k} prior", k) for k in self.rows.entries)]:
            hidden = self.model.readLive(batch.live, context, Plan(k, 0, length, shares=self.rows.shares))[0].flatten(0, 1)
            table.add(name, self.loss(hidden[rows], labels), owner, count)
        longest = int(batch.teacherBounds.diff().max())
        for name, adapted in self.wholes():
            hidden, _ = self.model.readDocuments(batch.teacher, batch.teacherBounds, longest, adapted, True)
            assert hidden is not None
            table.add(name, self.loss(hidden[batch.teacherRows[used]], labels), owner, count)
        table.labels += ["fill"] * count
