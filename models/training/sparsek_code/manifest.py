"""The pack's manifest: what is in the folder, where each tensor lies, what every file must hash to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .download import BaseSource, sha256
from .blocks import BlockMatrix, unpack
from .geometry import Geometry
from .tokenizer import PATTERN, Tokenizer

FORMAT_VERSION = 1
SINK_TOKENS = [151643, 151663, 12821, 198]
"""`<|endoftext|> <|repo_name|>` and two ordinary tokens: the shared attention sink in front of every segment."""
SPECIAL_TOKENS = {
    "endOfText": "<|endoftext|>", "imStart": "<|im_start|>", "imEnd": "<|im_end|>",
    "fimPrefix": "<|fim_prefix|>", "fimMiddle": "<|fim_middle|>", "fimSuffix": "<|fim_suffix|>", "fimPad": "<|fim_pad|>",
    "repoName": "<|repo_name|>", "fileSeparator": "<|file_sep|>",
}  # fmt: skip


def describe(
    name: str, displayName: str, source: BaseSource, geometry: Geometry, specials: dict[str, int], layerShares: Sequence[float] = ()
) -> dict[str, Any]:
    """A manifest that still lacks tensors and files. `layerShares`: see `share`; empty: every layer's memory holds K."""
    manifest = {
        "formatVersion": FORMAT_VERSION,
        "name": name,
        "displayName": displayName,
        "packVersion": "",
        "base": {
            "name": source.name, "publisher": source.publisher, "source": source.description,
            "license": source.license, "sha256": source.sha256,
        },
        "geometry": asdict(geometry),
        "sinkTokens": SINK_TOKENS,
        "specialTokens": {role: specials[token] for role, token in SPECIAL_TOKENS.items()},
        "tokenizer": {
            "file": "tokenizer.tiktoken", "pattern": PATTERN, "normalization": "NFC", "specialTokens": specials,
        },
        "graphs": {"decoder": "decoder.onnx"},
        "files": {},
        "tensors": {},
    }  # fmt: skip
    return share(manifest, layerShares) if layerShares else manifest


def share(manifest: dict[str, Any], layerShares: Sequence[float]) -> dict[str, Any]:
    """The manifest of a pack whose layers' memories hold multiples of K, one number from 0 to 4 a layer (`Plan.shares`).

    The engine's graph must be emitted anew then: `npm run kernels -- PACK`.
    """
    layers = manifest["geometry"]["layers"]
    if len(layerShares) != layers or not all(0 <= number <= 4 for number in layerShares):
        raise ValueError(f"{layers} layers need as many shares from 0 to 4, not {list(layerShares)}.")
    return manifest | {"memory": {"layerShares": list(layerShares)}}


def packFiles(manifest: dict[str, Any]) -> list[str]:
    """Every file the engine reads, by name; each is listed under `files`."""
    shards = {tensor["file"] for tensor in manifest["tensors"].values()}
    return sorted(shards | {manifest["tokenizer"]["file"], *manifest["graphs"].values()})


def refresh(folder: Path, manifest: dict[str, Any]) -> None:
    """Hashes the files that are there, derives the pack version from the hashes, writes manifest.json.

    packVersion: the first 16 hex digits of SHA-256 over lines `<file> <sha256>\\n` in the order of the file names.
    """
    present = [name for name in packFiles(manifest) if (folder / name).exists()]
    manifest["files"] = {name: {"bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)} for name in present}
    lines = "".join(f"{name} {entry['sha256']}\n" for name, entry in manifest["files"].items())
    manifest["packVersion"] = hashlib.sha256(lines.encode()).hexdigest()[:16]
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


class Pack:
    """A pack folder, read tensor by tensor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        if self.manifest["formatVersion"] != FORMAT_VERSION:
            raise ValueError(f"{folder} has format version {self.manifest['formatVersion']}; this code reads {FORMAT_VERSION}.")
        self.geometry = Geometry(**self.manifest["geometry"])
        self.shards: dict[str, np.ndarray] = {}

    @property
    def layerShares(self) -> tuple[float, ...]:
        """As in `Plan.shares`: empty when every layer's memory holds K."""
        return tuple(self.manifest.get("memory", {}).get("layerShares", ()))

    def tokenizer(self) -> Tokenizer:
        entry = self.manifest["tokenizer"]
        return Tokenizer(self.folder / entry["file"], entry["pattern"], entry["specialTokens"])

    def bytes(self, file: str, offset: int, count: int) -> np.ndarray:
        if file not in self.shards:
            self.shards[file] = np.memmap(self.folder / file, dtype=np.uint8, mode="r")
        return self.shards[file][offset : offset + count]

    def matrix(self, name: str) -> BlockMatrix:
        """A quantised tensor, codes unpacked."""
        entry = self.manifest["tensors"][name]
        bits, (out, width), file = int(entry["type"][3:]), entry["shape"], entry["file"]
        blocks = width // entry["blockSize"]
        codes = unpack(self.bytes(file, entry["offset"], entry["bytes"]).reshape(out, -1), bits, width)
        scales = self.bytes(file, entry["scales"]["offset"], entry["scales"]["bytes"]).view(np.float16).reshape(out, blocks)
        zeros = entry.get("zeroPoints")
        zeroPoints = zeros and unpack(self.bytes(file, zeros["offset"], zeros["bytes"]).reshape(out, -1), bits, blocks)
        return BlockMatrix(bits, entry["blockSize"], codes, torch.from_numpy(scales.copy()), zeroPoints)

    def matrices(self) -> dict[str, BlockMatrix]:
        """Every quantised tensor whose shard is there."""
        entries = self.manifest["tensors"].items()
        there = [name for name, entry in entries if entry["type"] != "float32" and (self.folder / entry["file"]).exists()]
        return {name: self.matrix(name) for name in there}

    def tensor(self, name: str) -> Tensor:
        """Any tensor as float32, quantised ones dequantised exactly."""
        entry = self.manifest["tensors"][name]
        if entry["type"] != "float32":
            return self.matrix(name).dequantise()
        data = self.bytes(entry["file"], entry["offset"], entry["bytes"])
        return torch.from_numpy(data.view(np.float32).reshape(entry["shape"]).copy())

    def layer(self, index: int) -> dict[str, Tensor]:
        """A layer's tensors as float32, by their names without `layers.N.`."""
        prefix = f"layers.{index}."
        return {name.removeprefix(prefix): self.tensor(name) for name in self.manifest["tensors"] if name.startswith(prefix)}
