"""Reads episodes in every way the table compares: memory, baselines, retrieved text, full attention."""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np
import torch
from torch import Tensor

from . import losses
from .batch import SEGMENT_ROOM, Batch, collate
from .data import Array, Corpus
from .development import crossTokens
from .episodes import SINK, Episode, Sizes
from .frame import Context
from .memory import Plan
from .model import Model
from .recipe import priorOf
from .table import Table

LANGUAGES = {
    ".py": "Python", ".go": "Go", ".rs": "Rust", ".java": "Java", ".ts": "TypeScript", ".tsx": "TypeScript",
    ".js": "JavaScript", ".jsx": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript",
    ".c": "C", ".h": "C++", ".cc": "C++", ".cpp": "C++", ".hpp": "C++",
}  # fmt: skip


class Evaluator:
    def __init__(self, model: Model, corpus: Corpus, seed: int = 7) -> None:
        self.model, self.corpus, self.seed = model, corpus, seed
        self.device = model.base.embedding.device

    # --- reading ---

    def encode(self, batch: Batch) -> tuple[list, Tensor]:
        _, layers = self.model.readDocuments(batch.context, batch.contextBounds, SEGMENT_ROOM)
        return layers, torch.zeros_like(batch.ranks, dtype=torch.float32)

    def memory(self, batch: Batch, layers: list, prior: Tensor, plan: Plan, overrides: list[Tensor] | None = None) -> Tensor:
        """Hidden [E * T, width] of the live texts."""
        context = Context(layers, batch.size, batch.segments, prior, overrides)
        return self.model.readLive(batch.live, context, plan)[0].flatten(0, 1)

    def text(self, documents: list[Array], adapted: bool = True) -> Tensor:
        """Hidden states of whole documents under full attention, one after the other."""
        bounds = np.cumsum([0, *map(len, documents)])
        tokens = torch.from_numpy(np.concatenate(documents)).long().to(self.device)
        cumulative = torch.tensor(bounds, dtype=torch.int32, device=self.device)
        hidden, _ = self.model.readDocuments(tokens, cumulative, max(map(len, documents)), adapted, True)
        assert hidden is not None
        return hidden

    def loss(self, hidden: Tensor, labels: Tensor) -> Tensor:
        return losses.crossEntropy(hidden, self.model.base.embedding, labels)

    def baselines(self, batch: Batch, layers: list) -> dict[str, list[Tensor]]:
        """Scores [E, heads, size + T] a layer that do not come from the scorer."""
        episodes, size, length = len(batch.live), batch.size, batch.live.shape[1]
        heads, generator = self.model.geometry.keyValueHeads, torch.Generator(self.device).manual_seed(self.seed)
        recency = torch.arange(size + length, device=self.device).float().expand(episodes, heads, -1)
        random = [torch.rand(episodes, heads, size + length, generator=generator, device=self.device) for _ in layers]
        norms = []
        for layer in layers:
            norm = -layer.keys[4:].float().norm(dim=-1).unflatten(0, (episodes, size)).transpose(1, 2)
            norms.append(torch.cat([norm, norm.amin() + torch.zeros(episodes, heads, length, device=self.device)], -1))
        return {"random": random, "recency": [recency] * len(layers), "key norm": norms}

    # --- cross-file ---

    def cross(
        self,
        episodes: list[Episode],
        table: Table,
        sizes: Sizes,
        entries: list[int],
        texts: list[int],
        whole: bool = True,
        baselines: bool = True,
    ) -> None:
        count, length = len(episodes), sizes.live
        batch = collate(episodes, "cross", sizes.context, length, sizes, 16, 1, np.random.default_rng(0)).to(self.device)
        asked = [crossTokens(episode) for episode in episodes]
        rows = torch.from_numpy(np.concatenate([e * length + a - 1 for e, a in enumerate(asked)])).to(self.device)
        labels = (
            torch.from_numpy(np.concatenate([ep.live[a] for ep, a in zip(episodes, asked, strict=True)])).long().to(self.device)
        )
        owner = torch.from_numpy(np.repeat(np.arange(count), [len(a) for a in asked])).to(self.device)
        table.labels += [LANGUAGES[PurePosixPath(episode.paths[0]).suffix] for episode in episodes]

        def add(name: str, hidden: Tensor) -> None:
            table.add(name, self.loss(hidden, labels), owner, count)

        layers, flat = self.encode(batch)
        add("none", self.memory(batch, layers, flat, Plan(0, 1024, 256))[rows])
        for k in entries:
            add(f"memory {k}", self.memory(batch, layers, flat, Plan(k, 1024, 256))[rows])
            add(f"memory {k} prior", self.memory(batch, layers, priorOf(batch.ranks), Plan(k, 1024, 256))[rows])
        if baselines:
            for name, scores in self.baselines(batch, layers).items():
                for k in entries:
                    add(f"{name} {k}", self.memory(batch, layers, flat, Plan(k, 1024, 256, SEGMENT_ROOM), scores)[rows])
        del layers

        def fromText(name: str, contexts: list[list[Array]], adapted: bool = True) -> None:
            documents = [
                np.concatenate([SINK, *context, episode.live]) for context, episode in zip(contexts, episodes, strict=True)
            ]
            first = np.cumsum([0, *map(len, documents)])[1:] - [len(episode.live) for episode in episodes]
            places = torch.from_numpy(np.concatenate([f + a - 1 for f, a in zip(first, asked, strict=True)])).to(self.device)
            add(name, self.text(documents, adapted)[places])

        for n in texts:  # the best segment stands next to the text
            fromText(f"text {n}", [[ep.segments[i] for i in np.argsort(ep.ranks)[:n][::-1]] for ep in episodes])
        if whole:
            fromText("full", [episode.segments for episode in episodes])
            fromText("full, base", [episode.segments for episode in episodes], adapted=False)

    # --- long files ---

    def long(self, texts: list[Array], table: Table, entries: list[int], tail: int, window: int) -> None:
        """Texts of one length, a multiple of 512."""
        length = len(texts[0])
        live = torch.from_numpy(np.stack(texts)).long().to(self.device)
        rows = torch.arange(length - tail - 1, length - 1, device=self.device)
        places = (torch.arange(len(texts), device=self.device)[:, None] * length + rows).flatten()
        owner = torch.arange(len(texts), device=self.device).repeat_interleave(tail)
        labels = live[:, length - tail :].flatten()
        sink = torch.tensor(SINK, device=self.device)
        _, layers = self.model.readDocuments(sink, torch.tensor([0, 4], dtype=torch.int32, device=self.device), 4)
        empty = torch.zeros(len(texts), 0, SEGMENT_ROOM, dtype=torch.long, device=self.device)
        context = Context(layers, 0, empty, torch.zeros(len(texts), 0, device=self.device))
        for name, k in [("window only", 0), *((f"streamed {k}", k) for k in entries)]:
            hidden = self.model.readLive(live, context, Plan(k, window, 256))[0].flatten(0, 1)
            table.add(name, self.loss(hidden[places], labels), owner, len(texts))
        for name, adapted in (("full", True), ("full, base", False)):
            hidden = self.text([np.concatenate([SINK, text]) for text in texts], adapted)
            at = places + 4 * (owner + 1)
            table.add(name, self.loss(hidden[at], labels), owner, len(texts))

    # --- fill in the middle ---

    def fill(self, episodes: list[Episode], table: Table, sizes: Sizes, entries: list[int]) -> None:
        count, length = len(episodes), sizes.live
        batch = collate(episodes, "fill", sizes.context, length, sizes, count * length, 1, np.random.default_rng(0)).to(
            self.device
        )
        used = batch.weights > 0
        rows, teacherRows, labels = batch.student[used], batch.teacherRows[used], batch.labels[used]
        owner = rows // length
        layers, flat = self.encode(batch)
        for name, k, prior in [("none", 0, flat), *((f"memory {k} prior", k, priorOf(batch.ranks)) for k in entries)]:
            hidden = self.memory(batch, layers, prior, Plan(k, 0, length))
            table.add(name, self.loss(hidden[rows], labels), owner, count)
        longest = int(batch.teacherBounds.diff().max())
        for name, adapted in (("full", True), ("full, base", False)):
            hidden, _ = self.model.readDocuments(batch.teacher, batch.teacherBounds, longest, adapted, True)
            assert hidden is not None
            table.add(name, self.loss(hidden[teacherRows], labels), owner, count)
