"""Weights to a pack folder: shards, tokenizer, manifest.

    python -m sparsek_code.export --cache CACHE --weights WEIGHTS --pack PACK   # quantised weights, see quantise.py
    python -m sparsek_code.export --cache CACHE --nearest --pack PACK           # rounded to nearest: a quick, worse pack
    python -m sparsek_code.export --refresh --pack PACK                         # after a graph or a shard changed
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .base import Base
from .blocks import BlockMatrix, pack, roundToNearest
from .download import QWEN_05B, obtain
from .geometry import Geometry
from .manifest import describe, refresh
from .tokenizer import ranksAndSpecials, writeRanks

DATA_ALIGNMENT, SCALE_ALIGNMENT = 4096, 64
"""Tensor data starts on a page, so that a shard can be mapped; scales and zero points on a cache line."""

SHARD_BYTES = 70_000_000
"""As large as a file of feed-forwards gets: hosts refuse files of 100 MB."""

Weights = dict[str, BlockMatrix | Tensor]


def shardOf(name: str, geometry: Geometry) -> str:
    """The file a tensor lies in. What training changes (attention, scorers) lies apart from what it leaves alone."""
    if name.startswith("embedding."):
        return "embedding.bin"
    if ".scorer." in name:
        return "scorers.bin"
    if ".feedForward." in name:
        layer = int(name.split(".")[1])
        start, end = next((start, end) for start, end in feedForwardCuts(geometry) if start <= layer < end)
        return f"feed-forward-{start:02d}-{end - 1:02d}.bin"
    if name.endswith((".queryKeyValue.weight", ".attention.output.weight")):
        return "attention.bin"
    return "norms.bin"


def feedForwardCuts(geometry: Geometry) -> list[tuple[int, int]]:
    """Layers start .. end-1 of each feed-forward file.

    A layer has three 4-bit matrices, with a 16-bit scale and a 4-bit zero point for each block of 32.
    """
    bytesPerLayer = 3 * geometry.width * geometry.feedForwardWidth * (4 + (16 + 4) / 32) / 8
    together = max(1, int(SHARD_BYTES // bytesPerLayer))
    return [(start, min(start + together, geometry.layers)) for start in range(0, geometry.layers, together)]


class Shard:
    """A file under construction."""

    def __init__(self, path: Path) -> None:
        self.name, self.file = path.name, path.open("wb")

    def append(self, array: np.ndarray, alignment: int) -> dict[str, int]:
        data = np.ascontiguousarray(array).tobytes()
        self.file.write(b"\0" * (-self.file.tell() % alignment))
        offset = self.file.tell()
        self.file.write(data)
        return {"offset": offset, "bytes": len(data)}

    def add(self, tensor: BlockMatrix | Tensor) -> dict[str, Any]:
        """Writes the tensor and returns its manifest entry."""
        if isinstance(tensor, Tensor):
            place = self.append(tensor.float().numpy(), DATA_ALIGNMENT)
            return {"shape": list(tensor.shape), "type": "float32", "file": self.name, **place}
        place = self.append(pack(tensor.codes, tensor.bits), DATA_ALIGNMENT)
        entry: dict[str, Any] = {
            "shape": list(tensor.shape), "type": f"int{tensor.bits}", "blockSize": tensor.blockSize, "file": self.name, **place,
        }  # fmt: skip
        entry["scales"] = {"type": "float16", **self.append(tensor.scales.numpy(), SCALE_ALIGNMENT)}
        if tensor.zeroPoints is not None:
            entry["zeroPoints"] = self.append(pack(tensor.zeroPoints, tensor.bits), SCALE_ALIGNMENT)
        return entry


def writeShards(folder: Path, geometry: Geometry, weights: Weights) -> dict[str, Any]:
    """Writes every tensor into its shard; returns the manifest's `tensors`."""
    shards: dict[str, Shard] = {}
    entries = {}
    for name, tensor in weights.items():
        file = shardOf(name, geometry)
        if file not in shards:
            shards[file] = Shard(folder / file)
        entries[name] = shards[file].add(tensor)
    for shard in shards.values():
        shard.file.close()
    return entries


def zeroScorers(geometry: Geometry) -> Weights:
    """Untrained scorers. All scores are equal, ties go to the most recent token: sinks and a window, the honest baseline."""
    heads, hidden = geometry.keyValueHeads, geometry.scorerHidden
    weights: Weights = {}
    for layer in range(geometry.layers):
        if hidden:
            weights[f"layers.{layer}.scorer.hidden.weight"] = torch.zeros(hidden, geometry.width)
            weights[f"layers.{layer}.scorer.hidden.bias"] = torch.zeros(hidden)
        weights[f"layers.{layer}.scorer.output.weight"] = torch.zeros(heads, hidden or geometry.width)
        weights[f"layers.{layer}.scorer.output.bias"] = torch.zeros(heads)
    return weights


def nearestWeights(base: Base, geometry: Geometry) -> Weights:
    """The base rounded to nearest: body 4 bit asymmetric, q, k, v 8 bit, table 4 bit, both symmetric."""
    weights: Weights = {"embedding.weight": roundToNearest(base.embedding(), 4, symmetric=True)}
    for layer in range(geometry.layers):
        for name, tensor in base.layer(layer).items():
            if tensor.ndim == 2:
                wide = "queryKeyValue" in name
                weights[f"layers.{layer}.{name}"] = roundToNearest(tensor, 8 if wide else 4, symmetric=wide)
            else:
                weights[f"layers.{layer}.{name}"] = tensor
    return weights | {"finalNorm.weight": base.finalNorm()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, help="the pack folder to write")
    parser.add_argument("--cache", type=Path, help="folder of the base (see download.py)")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--weights", type=Path, help="file of quantised weights written by quantise.py")
    kind.add_argument("--nearest", action="store_true")
    kind.add_argument("--refresh", action="store_true")
    options = parser.parse_args()

    if options.refresh:
        refresh(options.pack, json.loads((options.pack / "manifest.json").read_text()))
        return
    base = Base(obtain(QWEN_05B, options.cache))
    geometry = base.geometry()
    weights: Weights = nearestWeights(base, geometry) if options.nearest else torch.load(options.weights, map_location="cpu", weights_only=False)
    options.pack.mkdir(parents=True, exist_ok=True)
    ranks, specials = ranksAndSpecials(base)
    writeRanks(ranks, options.pack / "tokenizer.tiktoken")
    manifest = describe("qwen2.5-coder-0.5b", "Qwen2.5-Coder 0.5B, SparseK", QWEN_05B, geometry, specials)
    manifest["tensors"] = writeShards(options.pack, geometry, weights | zeroScorers(geometry))
    refresh(options.pack, manifest)


if __name__ == "__main__":
    main()
