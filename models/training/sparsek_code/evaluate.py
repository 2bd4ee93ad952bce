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
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from . import checkpoint, weights
from .adapters import Adapters
from .batch import SEGMENT_ROOM
from .data import Corpus
from .development import DevelopmentSource, crossTokens, pooled
from .episodes import EpisodeSource, Sizes
from .evaluator import Evaluator
from .model import Model
from .table import Table, show


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
    write(report, options.json)


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
    write(report, options.json)

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
        write(report, options.json)

    table, source = Table(), EpisodeSource(corpus, sizes, 7)
    for _ in range(max(1, options.files // 12 // options.episodes)):
        group = [source.draw("fill") for _ in range(options.episodes)]
        evaluator.fill(group, table, sizes, entries)
        table.labels += ["fill"] * len(group)
        if late(0.75):
            break
    report["fill"] = table.report("none", "full")
    show("fill in the middle", report["fill"], begun)
    write(report, options.json)

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
        show(
            f"cross-file, {far} tokens of context, pool of 48; gain is relative to 16 segments as text",
            report[f"cross {far}"],
            begun,
        )
        write(report, options.json)
    return report


def write(report: dict, path: Path) -> None:
    """After every part: a run cut short keeps what it has measured."""
    path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
