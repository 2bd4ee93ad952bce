"""A checkpoint's weights in the base's place, for quantising; and landing them in a pack.

    python -m sparsek_code.quantise --cache CACHE --pack PACK --keep --checkpoint joint.pt.xz --repos ... --out weights.pt
    python -m sparsek_code.trained --cache CACHE --checkpoint joint.pt.xz --weights weights.pt --pack PACK

rewrites the two shards that training changes, attention and scorers. All others stay as they are, byte for byte. Without
--weights attention is rounded to nearest. Where the layers' shares of the memory change (--late-shares), the graph has to be
emitted anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from . import checkpoint
from .base import Base
from .blocks import roundToNearest
from .download import QWEN_05B, obtain
from .export import Shard, Weights
from .geometry import Geometry
from .manifest import Pack, refresh, share
from .recipe import lateShares


class Trained:
    """A base with a checkpoint's updates merged into its attention. Reads like `base.Base`, tensor by tensor."""

    def __init__(self, base: Base, path: Path) -> None:
        self.base = base
        self.adapters, self.progress, _ = checkpoint.load(path, base.geometry())

    def geometry(self) -> Geometry:
        scorer = self.adapters.scorer(0)
        return self.base.geometry(scorerHidden=len(scorer[0]) if len(scorer) == 4 else 0)

    def to(self, device: str) -> Trained:
        """The updates on the device where the base's tensors are read."""
        self.adapters.to(device)
        return self

    def embedding(self) -> Tensor:
        return self.base.embedding()

    def finalNorm(self) -> Tensor:
        return self.base.finalNorm()

    @torch.no_grad()
    def layer(self, index: int) -> dict[str, Tensor]:
        """The layer's tensors by the pack's names (without the `layers.N.` in front)."""
        named = self.base.layer(index)
        merged = self.adapters.merge(index, named["attention.queryKeyValue.weight"], named["attention.output.weight"])
        return named | {"attention.queryKeyValue.weight": merged[0], "attention.output.weight": merged[1]}

    def scorers(self) -> Weights:
        """The scorers' tensors by the pack's names."""
        names = ("hidden.weight", "hidden.bias", "output.weight", "output.bias")
        result: Weights = {}
        for layer in range(self.geometry().layers):
            tensors = self.adapters.scorer(layer)
            parts = zip(names[-len(tensors) :], tensors, strict=True)
            result |= {f"layers.{layer}.scorer.{name}": tensor.detach() for name, tensor in parts}
        return result


MATRICES = ("attention.queryKeyValue.weight", "attention.output.weight")
"""What training changes in a layer, and what is quantised after it."""


def attention(trained: Trained) -> Weights:
    """Attention's matrices rounded to nearest: q, k, v 8 bit symmetric, output 4 bit asymmetric, as in `export`."""
    weights: Weights = {}
    for index in range(trained.geometry().layers):
        for name, tensor in trained.layer(index).items():
            if name in MATRICES:
                wide = "queryKeyValue" in name
                weights[f"layers.{index}.{name}"] = roundToNearest(tensor, 8 if wide else 4, symmetric=wide)
    return weights


def land(trained: Trained, folder: Path, layerShares: Sequence[float] = (), quantised: Weights | None = None) -> None:
    """Writes attention.bin and scorers.bin of the pack in `folder` anew, with their entries in its manifest.

    `layerShares` in place of the pack's; empty: it keeps its own. `quantised`: attention's matrices as `quantise` left them.
    """
    pack = Pack(folder)
    if pack.geometry != trained.geometry():
        raise ValueError(f"{folder} holds another model or scorer: {pack.geometry}, the checkpoint has {trained.geometry()}.")
    manifest = json.loads((folder / "manifest.json").read_text())
    weights = (quantised or attention(trained)) | trained.scorers()
    manifest = share(manifest, layerShares) if layerShares else manifest
    for file in ("attention.bin", "scorers.bin"):
        shard = Shard(folder / f"{file}.partial")
        shard.name = file
        for name in [name for name, entry in manifest["tensors"].items() if entry["file"] == file]:
            manifest["tensors"][name] = shard.add(weights[name])
        shard.file.close()
    for file in ("attention.bin", "scorers.bin"):
        (folder / f"{file}.partial").replace(folder / file)
    refresh(folder, manifest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of the base (see download.py)")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="what `quantise --checkpoint` wrote")
    shares = "give the late layers more of the memory (recipe.lateShares); emit the graph anew then"
    parser.add_argument("--late-shares", action="store_true", help=shares)
    options = parser.parse_args()
    trained = Trained(Base(obtain(QWEN_05B, options.cache)), options.checkpoint)
    quantised = torch.load(options.weights, weights_only=False) if options.weights else None
    land(trained, options.pack, lateShares(trained.geometry().layers) if options.late_shares else (), quantised)


if __name__ == "__main__":
    main()
