"""Measures what the memory is worth, all rows with the same weights.

    python -m sparsek_code.evaluate --weights PACK --repos GIT_DIRECTORY... --json OUT.json
    python -m sparsek_code.evaluate --base BASE --checkpoint RUN/joint.pt.xz --corpus dev.xz --pack PACK --json OUT.json

- `cross`: loss on cross-file tokens (the bigram of the token stands in the context and not earlier in the file), positions
  256 to 2,047 of a file behind 14k tokens of segments of its repository; `far`: the same with 60k and 200k tokens, of which
  the 48 best-ranked segments are encoded.
- `long`: loss on the last 2,048 tokens of 10k tokens of a long file.
- `fill`: loss on prefix tail and middle in the request layout of fill in the middle.

Standard errors are over episodes (a file each), paired: of the difference between a row and the last row of the comparison.
On a GPU the default takes about three minutes; on a CPU choose few files.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from . import checkpoint, corpus, weights
from .adapters import Adapters
from .batch import SEGMENT_ROOM
from .data import Array, Corpus
from .development import DevelopmentSource, pooled
from .episodes import Episode, EpisodeSource, Sizes, crossTokens
from .evaluator import SEED, Evaluator, Rows
from .manifest import Pack
from .model import Model
from .recipe import lateShares
from .table import Report, Table

FAR_POOL, LONG = 48, 10_240


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="a pack: its quantised weights and its scorers")
    parser.add_argument("--base", type=Path, help="or a base, unquantised, with")
    parser.add_argument("--checkpoint", type=Path, help="what training left")
    parser.add_argument("--body", type=Path, help="with --base: a pack whose quantised table and feed-forwards it stands on")
    parser.add_argument("--late-shares", action="store_true", help="with --base: more of the memory in the late layers")
    parser.add_argument(
        "--repos", type=Path, nargs="*", default=[], help="git directories (with --weights: its tokenizer cuts them)"
    )
    parser.add_argument("--corpus", type=Path, help="or a corpus that `corpus` wrote")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--files", type=int, default=300, help="files for the cross-file rows")
    parser.add_argument("--long-files", type=int, default=48)
    parser.add_argument("--fill-files", type=int, default=48)
    parser.add_argument("--far-files", type=int, default=120, help="files for the 60k and 200k contexts")
    parser.add_argument("--seconds", type=float, default=math.inf, help="draw no more episodes after this time")
    parser.add_argument("--episodes", type=int, default=4, help="files read at once")
    parser.add_argument("--eager", action="store_true", help="do not compile")
    options = parser.parse_args()
    if bool(options.weights) == bool(options.base and options.checkpoint) or bool(options.repos) == bool(options.corpus):
        parser.error("name the weights (--weights, or --base with --checkpoint) and the texts (--repos or --corpus), each once")
    if options.repos and not options.weights:
        parser.error("--repos needs the tokenizer of --weights; write a corpus first (python -m sparsek_code.corpus)")
    model = modelOf(options)
    with torch.no_grad():
        shares = Pack(options.weights).layerShares if options.weights else ()
        if options.late_shares:
            shares = lateShares(model.geometry.layers)
        measure(Evaluator(model, Rows(base=options.weights is None, shares=shares)), textsOf(options), options)


def modelOf(options: argparse.Namespace) -> Model:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    base = weights.load(options.weights or options.base).to(device, dtype)
    if options.body:
        base = weights.withBody(base, weights.load(options.body).to(device, dtype))
    adapters = (
        Adapters.ofPack(Pack(options.weights)) if options.weights else checkpoint.load(options.checkpoint, base.geometry)[0]
    )
    return Model(base, adapters.to(device), fused=device == "cuda" and not options.eager)


def textsOf(options: argparse.Namespace) -> Corpus:
    if options.corpus:
        return Corpus(options.corpus)
    with tempfile.TemporaryDirectory() as folder:
        path, tokenizer = Path(folder) / "corpus.xz", Pack(options.weights).tokenizer()
        corpus.save(path, corpus.gather(options.repos, [], tokenizer, corpus.CHARACTERS))
        return Corpus(path)


def crossEpisodes(texts: Corpus, sizes: Sizes, files: int) -> list[Episode]:
    """The same ones in the same order every time: of about `files` files, those with tokens that other files tell."""
    source = DevelopmentSource(texts, sizes, SEED)
    drawn = [episode for file in source.files(files) if (episode := source.at(file)) and len(crossTokens(episode))]
    source.random.shuffle(drawn)
    return drawn


def longTexts(texts: Corpus, files: int) -> list[Array]:
    """The first `LONG` tokens of long files, the same ones every time."""
    long = np.random.default_rng(SEED).permutation(np.flatnonzero(texts.fileLength >= LONG))[:files]
    return [texts.file(int(file))[:LONG] for file in long]


def measure(evaluator: Evaluator, texts: Corpus, options: argparse.Namespace) -> None:
    """Every part is written as soon as it is measured: a run cut short keeps what it has."""
    report, begun = Report(options.json), time.monotonic()

    def inGroups(items: list, share: float, read: Callable[[list], None]) -> None:
        """`episodes` at a time, until this part's share of the time is up."""
        for i in range(0, len(items), options.episodes):
            if time.monotonic() - begun > options.seconds * share:
                break
            read(items[i : i + options.episodes])

    sizes, table = Sizes(segments=40), Table()
    inGroups(crossEpisodes(texts, sizes, options.files), 0.55, lambda group: evaluator.cross(group, table, sizes))
    report.add("cross", table, "none", "full")
    for language in sorted(set(table.labels)):
        report.add(f"cross, {language}", table, "none", "full", language)

    table = Table()
    inGroups(longTexts(texts, options.long_files), 0.7, lambda group: evaluator.long(group, table, 2048))
    report.add("long", table, "window only", "full")

    table, filler = Table(), EpisodeSource(texts, sizes, SEED)
    drawn = [filler.draw("fill") for _ in range(options.fill_files)]
    inGroups(drawn, 0.75, lambda group: evaluator.fill(group, table, sizes))
    report.add("fill", table, "none", "full")

    rows = replace(evaluator.rows, entries=(1024, 2048), texts=(4, 8, 16), baselines=False, full=False)
    farther = Evaluator(evaluator.model, rows)
    inside = replace(sizes, context=FAR_POOL * SEGMENT_ROOM, segments=FAR_POOL)
    for far, share in ((60_000, 0.87), (200_000, 1.0)):
        table, source = Table(), DevelopmentSource(texts, replace(sizes, context=far, segments=1000), SEED)
        drawn = [pooled(episode, FAR_POOL) for file in source.files(options.far_files) if (episode := source.at(file))]
        drawn = [episode for episode in drawn if len(crossTokens(episode))]
        inGroups(drawn, share, lambda group: farther.cross(group, table, inside))  # noqa: B023 (called at once)
        report.add(f"far, {far}", table, "none", "text 16")


if __name__ == "__main__":
    main()
