"""Measures what the memory is worth, all rows with the same weights.

    python -m sparsek_code.evaluate --base BASE --checkpoint RUN/joint.pt --corpus dev.xz --json OUT.json

- `cross`: loss on cross-file tokens (the bigram of the token stands in the context and not earlier in the file), positions
  256 to 2,047 of a file behind segments of its repository.
- `long`: loss on the last 2,048 tokens of 10k tokens of a long file.
- `fill`: loss on prefix tail and middle in the request layout of fill in the middle.

Standard errors are over episodes (a file each), paired: of the difference between a row and full attention.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from torch import Tensor

from . import checkpoint, losses, weights
from .adapters import Adapters
from .batch import SEGMENT_ROOM, Batch, collate
from .data import END_OF_TEXT, QUERY, SINK, Array, Corpus, Episode, EpisodeSource, Sizes
from .memory import Plan
from .model import Context, Model
from .train import priorOf

LANGUAGES = {".py": "Python", ".ts": "TypeScript", ".tsx": "TypeScript", ".js": "JavaScript", ".jsx": "JavaScript", ".mjs": "JavaScript",
             ".go": "Go", ".rs": "Rust", ".java": "Java", ".c": "C", ".h": "C++", ".cc": "C++", ".cpp": "C++", ".hpp": "C++"}  # fmt: skip


@dataclass
class Row:
    """Loss sums and token counts by episode."""

    sums: list[float]
    counts: list[int]


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.labels: list[str] = []
        """Language of each episode."""

    def add(self, name: str, loss: Tensor, episode: Tensor, count: int) -> None:
        """Losses [n] of tokens of the episodes `episode` [n] in 0 .. count-1."""
        row = self.rows.setdefault(name, Row([], []))
        row.sums += torch.zeros(count, device=loss.device).index_add_(0, episode, loss).tolist()
        row.counts += torch.bincount(episode, minlength=count).tolist()

    def report(self, none: str, full: str, only: str | None = None) -> dict[str, dict[str, float]]:
        """Each row: loss, share of `full`'s gain over `none`, and the standard error of its difference from `full`."""
        pick = np.array([only is None or label == only for label in self.labels])
        weights = np.array(self.rows[full].counts, float)[pick]
        total = weights.sum()
        if total == 0:
            return {}
        loss = {name: np.array(row.sums)[pick] for name, row in self.rows.items()}
        gain = (loss[none].sum() - loss[full].sum()) / total
        result = {}
        for name, sums in loss.items():
            difference = sums - loss[full]
            residual = difference - difference.sum() / total * weights
            result[name] = {
                "loss": round(sums.sum() / total, 4),
                "gain": round(float((loss[none].sum() - sums.sum()) / total / gain), 3),
                "error": round(math.sqrt((residual**2).sum()) / total, 4),
            }
        return result | {"": {"tokens": int(total), "episodes": int(pick.sum())}}


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

    def cross(self, episodes: list[Episode], table: Table, sizes: Sizes, entries: list[int], texts: list[int], whole: bool = True, baselines: bool = True) -> None:
        count, length = len(episodes), sizes.live
        batch = collate(episodes, "cross", sizes.context, length, sizes, 16, 1, np.random.default_rng(0)).to(self.device)
        asked = [crossTokens(episode) for episode in episodes]
        rows = torch.from_numpy(np.concatenate([e * length + a - 1 for e, a in enumerate(asked)])).to(self.device)
        labels = torch.from_numpy(np.concatenate([ep.live[a] for ep, a in zip(episodes, asked, strict=True)])).long().to(self.device)
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
            documents = [np.concatenate([SINK, *context, episode.live]) for context, episode in zip(contexts, episodes, strict=True)]
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
        batch = collate(episodes, "fill", sizes.context, length, sizes, count * length, 1, np.random.default_rng(0)).to(self.device)
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


def crossTokens(episode: Episode) -> Array:
    """Places in the live text, from 256 on, whose bigram stands in the context and not earlier in the text."""
    pairs = lambda x: x[:-1].astype(np.int64) << 20 | x[1:]  # noqa: E731
    own = pairs(episode.live)
    _, first = np.unique(own, return_index=True)
    new = np.zeros(len(own), bool)
    new[first] = True
    context = np.unique(np.concatenate([pairs(segment) for segment in episode.segments]))
    places = np.flatnonzero(new & np.isin(own, context)) + 1
    return places[places >= QUERY]


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
        imports = corpus.segmentsOf(np.unique(corpus.imports[corpus.importBounds[file] : corpus.importBounds[file + 1]]))
        near = [f for f in range(*corpus.repositoryFiles[repository : repository + 2]) if corpus.directory(f) == corpus.directory(file)]
        neighbours, distractors = corpus.segmentsOf(np.array(near)), everything.copy()
        for group in (imports, neighbours, distractors):
            self.random.shuffle(group)
        order = np.concatenate([imports, neighbours, distractors])
        segments, ranks = self.fit(order, file, np.zeros(0, np.int64), dict(zip(everything.tolist(), relevance.tolist(), strict=True)))
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--files", type=int, default=300, help="files for the cross-file rows")
    parser.add_argument("--long-files", type=int, default=48)
    parser.add_argument("--far-files", type=int, default=120, help="files for the 60k and 200k contexts")
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop drawing more episodes after this time")
    parser.add_argument("--episodes", type=int, default=4)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--eager", action="store_true")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base = weights.load(options.base).to(device, torch.bfloat16 if device == "cuda" else torch.float32)
    adapters: Adapters = checkpoint.load(options.checkpoint, base.geometry)[0]
    base.geometry = replace(base.geometry, scorerHidden=adapters.hidden.shape[1] if hasattr(adapters, "hidden") else 0)
    model = Model(base, adapters.to(device), fused=not options.eager)
    corpus = Corpus(options.corpus)
    with torch.no_grad():
        report = evaluate(Evaluator(model, corpus), corpus, options)
    options.json.write_text(json.dumps(report, indent=1) + "\n")


def evaluate(evaluator: Evaluator, corpus: Corpus, options: argparse.Namespace) -> dict:
    begun, report = time.monotonic(), {}
    late = lambda share: time.monotonic() - begun > options.seconds * share  # noqa: E731
    tiny = options.tiny
    sizes = Sizes(1024, 512, 1024, 32, 128, 4) if tiny else Sizes(segments=40)
    entries, texts = ([256], [1]) if tiny else ([256, 512, 1024, 2048], [1, 2, 4, 8])

    def groups(rows: list) -> list[list]:
        return [rows[i : i + options.episodes] for i in range(0, len(rows), options.episodes)]

    table, source = Table(), DevelopmentSource(corpus, sizes, 7)
    drawn = [episode for file in source.files(options.files) if (episode := source.at(file)) and len(crossTokens(episode))]
    source.random.shuffle(drawn)
    for group in groups(drawn):
        evaluator.cross(group, table, sizes, entries, texts)
        if late(0.55):
            break
    report["cross"] = table.report("none", "full")
    report["cross by language"] = {name: table.report("none", "full", name) for name in sorted(set(table.labels))}
    show("cross-file, 14k tokens of context", report["cross"], begun)

    table, length, window = Table(), (1024, 512)[tiny] * 10, 1024 if not tiny else 512
    longFiles = np.flatnonzero(corpus.fileLength >= length)
    picked = np.random.default_rng(7).permutation(longFiles)[: options.long_files]
    longTexts = [corpus.file(int(f))[:length] for f in picked]
    for group in groups(longTexts):
        evaluator.long(group, table, [k for k in entries if k >= 256], length // 5, window)
        table.labels += ["long"] * len(group)
        if late(0.7):
            break
    if longTexts:
        report["long"] = table.report("window only", "full")
        show("long files, 10k tokens", report["long"], begun)

    table, source = Table(), EpisodeSource(corpus, sizes, 7)
    for _ in range(max(1, options.files // 12 // options.episodes)):
        group = [source.draw("fill") for _ in range(options.episodes)]
        evaluator.fill(group, table, sizes, entries)
        table.labels += ["fill"] * len(group)
        if late(0.75):
            break
    report["fill"] = table.report("none", "full")
    show("fill in the middle", report["fill"], begun)

    for far in () if tiny else (60_000, 200_000):
        table, source = Table(), DevelopmentSource(corpus, replace(sizes, context=far, segments=1000), 7)
        inside = replace(sizes, context=48 * SEGMENT_ROOM, segments=48)
        for group in groups([f for f in source.files(options.far_files)]):
            episodes = [pooled(e, 48) for f in group if (e := source.at(f))]
            episodes = [e for e in episodes if len(crossTokens(e))]
            if len(episodes) == options.episodes:
                evaluator.cross(episodes, table, inside, [1024, 2048], [4, 8, 16], whole=False, baselines=False)
            if late(0.85 if far == 60_000 else 1):
                break
        report[f"cross {far}"] = table.report("none", "text 16")
        show(f"cross-file, {far} tokens of context, pool of 48; gain is relative to 16 segments as text", report[f"cross {far}"], begun)
    return report


def show(title: str, rows: dict[str, dict[str, float]], begun: float) -> None:
    rows = dict(rows)
    size = rows.pop("", {})
    print(f"\n{title}: {size}, {time.monotonic() - begun:.0f} s", flush=True)
    for name, row in rows.items():
        print(f"  {name:24} {row['loss']:.4f}  {100 * row['gain']:6.1f} %  ± {row['error']:.4f}", flush=True)


if __name__ == "__main__":
    main()
