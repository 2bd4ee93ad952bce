"""What quantising attention costs where memory is read: a landed pack's losses against its own checkpoint's.

    python -m sparsek_code.cost --pack PACK --base BASE --checkpoint RUN/joint.pt.xz --corpus dev.xz --json OUT.json

Both read with the pack's table and feed-forwards, which the last stage of training had under it too; the checkpoint's
attention is not quantised. The texts are those of `evaluate`: tokens that other files tell, behind memories of them, and the
last 2,048 tokens of long files. Differences are paired, files taken as independent.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch

from . import checkpoint, weights
from .adapters import Adapters
from .data import Corpus
from .episodes import Sizes
from .evaluate import crossEpisodes, longTexts
from .evaluator import Evaluator, Rows
from .manifest import Pack
from .model import Model
from .table import Table

TAIL = 2048
"""Tokens of a long text that count."""


def evaluators(pack: Path, base: Path, trained: Path, fused: bool) -> tuple[Evaluator, Evaluator]:
    """The pack, and its checkpoint unquantised on the pack's body."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    landed = weights.load(pack).to(device, dtype)
    whole = weights.withBody(weights.load(base).to(device, dtype), landed)
    rows = Rows((1024, 2048), (), baselines=False, base=False, shares=Pack(pack).layerShares)
    models = (landed, Adapters.ofPack(Pack(pack))), (whole, checkpoint.load(trained, whole.geometry)[0])
    quantised, exact = (Evaluator(Model(body, adapters.to(device), fused), rows) for body, adapters in models)
    return quantised, exact


class Costs:
    """Tables of both, filled side by side and written after every group of files: a run cut short keeps what it has."""

    def __init__(self, quantised: Evaluator, exact: Evaluator, path: Path, head: dict[str, str], tail: int = TAIL) -> None:
        self.evaluators, self.path, self.tail, self.figures = (quantised, exact), path, tail, dict[str, object](head)

    def measure(self, part: str, items: list, atOnce: int, end: float) -> None:
        tables, sizes = (Table(), Table()), Sizes(segments=40)
        for i in range(0, len(items), atOnce):
            if time.monotonic() > end:
                break
            group = items[i : i + atOnce]
            for evaluator, table in zip(self.evaluators, tables, strict=True):
                evaluator.cross(group, table, sizes) if part == "cross" else evaluator.long(group, table, self.tail)
            self.figures[part] = tables[0].against(tables[1])
            self.path.write_text(json.dumps(self.figures, indent=1) + "\n")
        if not tables[0].rows:
            print(f"{part}: nothing to measure (no such files, or no time)", flush=True)
        for name, row in tables[0].against(tables[1]).items():
            print(f"{part}, {name}: {row['tokens']} tokens of {row['files']} files, pack {row['loss']:.4f}, "
                  f"checkpoint {row['other']:.4f}, cost {row['difference']:+.4f} ± {row['error']:.4f}", flush=True)  # fmt: skip


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="what the checkpoint was trained from (see `weights.load`)")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--files", type=int, default=60, help="drawn for the cross-file rows")
    parser.add_argument("--long-files", type=int, default=24)
    parser.add_argument("--episodes", type=int, default=4, help="files read at once")
    parser.add_argument("--seconds", type=float, default=120, help="begin no group of files later; half for each part")
    parser.add_argument("--compile", action="store_true", help="compile the layers: pays for many files")
    options = parser.parse_args()
    head = {"pack": Pack(options.pack).manifest["packVersion"], "checkpoint": options.checkpoint.name}
    costs = Costs(*evaluators(options.pack, options.base, options.checkpoint, options.compile), options.json, head)
    texts, begun = Corpus(options.corpus), time.monotonic()
    episodes = crossEpisodes(texts, Sizes(segments=40), options.files)
    costs.measure("cross", episodes, options.episodes, begun + options.seconds / 2)
    costs.measure("long", longTexts(texts, options.long_files), options.episodes, begun + options.seconds)


if __name__ == "__main__":
    main()
