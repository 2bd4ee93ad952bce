"""Records what the reference computes, for the engine's tests.

    python -m sparsek_code.record_fixture --pack PACK --out FOLDER            # the cases of the whole pack
    python -m sparsek_code.record_fixture --tiny --out FOLDER                 # a tiny pack with random weights and its cases

Each case is one JSON file:

    bounds      {entries, window, chunk}: K, W, C
    prefix, suffix   token ids; suffix null = no markers, absent = the prefix is streamed
    layerShares absent when all are 1: the pack's `memory.layerShares`
    segments    absent, or in the order of the memory {tokens, prior} of each segment that is recalled
    firstRow    the place in the prefix of the first token whose logits are recorded; one row a token from there on
    topIds, topLogits   [rows][8]; logSumExp [rows]; logits in float32
    sampledLogits   base64 of little-endian float16 [rows, ceil(vocabulary / stride)]: the logits of ids 0, stride, 2 stride, ..
    continuation    greedy token ids, and for each the logits' gap between the best and the second best

The cosine between the engine's and the reference's sampled logits estimates that of all logits: ids are in no order that
would make every stride-th one special. The texts are this package's own source files.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .export import writeShards
from .manifest import Pack, refresh
from .recipe import PRIOR
from .reference import Bounds, Reference
from .tiny import tinyPack
from .tokenizer import writeRanks

ROWS = 64
TOP = 8
SAMPLES = 1024
"""About so many logits of a row are stored."""


def recordRows(logits: Tensor, firstRow: int) -> dict[str, Any]:
    """logits [rows, vocabulary]"""
    top = logits.topk(TOP)
    stride = max(1, logits.shape[1] // SAMPLES)
    sampled = logits[:, ::stride].half().contiguous().numpy().astype("<f2").tobytes()
    return {
        "firstRow": firstRow,
        "topIds": top.indices.tolist(),
        "topLogits": rounded(top.values),
        "logSumExp": rounded(logits.logsumexp(1)),
        "stride": stride,
        "sampledLogits": base64.b64encode(sampled).decode(),
    }


def rounded(values: Tensor) -> Any:
    return torch.round(values, decimals=4).double().mul(10_000).round().div(10_000).tolist()


def recordStream(model: Reference, tokens: list[int], bounds: Bounds, rows: int) -> dict[str, Any]:
    _, hidden = model.stream(model.start(), tokens, 0, bounds)
    first = len(tokens) - rows
    return {"bounds": asdict(bounds), "prefix": tokens, **recordRows(model.logits(hidden[first:]), first)}


def recordRequest(
    model: Reference, prefix: list[int], suffix: list[int] | None, bounds: Bounds, rows: int, count: int,
    segments: Sequence[tuple[list[int], float]] = (),
) -> dict[str, Any]:  # fmt: skip
    states, pinned, hidden = model.request(prefix, suffix, bounds, segments)
    rows = min(rows, len(hidden))
    generated = model.decode(states, pinned, hidden[-1], len(prefix), count, bounds)
    gaps = torch.stack([row.topk(2).values for _, row in generated])
    return {
        "bounds": asdict(bounds),
        "prefix": prefix,
        "suffix": suffix,
        **({} if set(model.shares) == {1.0} else {"layerShares": model.shares}),
        **({"segments": [{"tokens": tokens, "prior": prior} for tokens, prior in segments]} if segments else {}),
        **recordRows(model.logits(hidden[-rows:]), len(prefix) - rows),
        "continuation": {"ids": [token for token, _ in generated], "gaps": rounded(gaps[:, 0] - gaps[:, 1])},
    }


def recalled(retrieved: list[list[int]], behind: list[list[int]]) -> list[tuple[list[int], float]]:
    """Segments in the order of a recall with their priors; `retrieved` the best first."""
    priors = [-PRIOR * math.log2(1 + rank) for rank in range(len(retrieved))]
    return [*reversed(list(zip(retrieved, priors, strict=True))), *((tokens, 0.0) for tokens in behind)]


def packCases(model: Reference, text: list[int]) -> dict[str, dict[str, Any]]:
    small, shipped = Bounds(128, 128, 64), Bounds(1024, 512, 256)
    take = lambda start, count: text[start : start + count]  # noqa: E731
    return {
        "short": recordRequest(model, take(0, 120), take(120, 40), small, ROWS, 16),
        "streamed": recordStream(model, take(200, 700), small, ROWS),
        # 176 of the prefix's tokens are live: the continuation crosses the next eviction at 192.
        "evicting": recordRequest(model, take(300, 816), take(1116, 60), small, ROWS, 32),
        # 256 of the prefix's tokens are streamed and 176 are live; of 1,380 entries of text and five segments 1,024 stay, and the
        # continuation crosses an eviction.
        "recalled": recordRequest(
            model, take(3000, 432), take(3432, 60), Bounds(1024, 128, 64), ROWS, 32,
            recalled([take(5000, 500), take(6000, 400), take(7000, 310)], [take(8000, 300), take(9000, 100)]),
        ),
        "shipped": recordRequest(model, take(0, 2600), take(2600, 120), shipped, ROWS, 16),
    }


def tinyCases(pack: Pack) -> dict[str, dict[str, Any]]:
    model, vocabulary = Reference(pack), min(pack.manifest["specialTokens"].values())
    generator = torch.Generator().manual_seed(1)
    text = torch.randint(0, vocabulary, (1100,), generator=generator).tolist()
    bounds = Bounds(12, 16, 8)
    return {
        "streamed": recordStream(model, text[:90], bounds, 40),
        "evicting": recordRequest(model, text[:101], text[101:110], bounds, 16, 24),
        "plain": recordRequest(model, text[:60], None, bounds, 16, 12),
        "recalled": recordRequest(
            model, text[:101], text[101:110], Bounds(400, 16, 8), 16, 24,
            recalled([text[200:500], text[500:540], text[540:820]], [text[820:1090]]),
        ),
        # K is 6, 12 and 30: of the 80 tokens that are streamed and of the segments' 85 every layer keeps its own number. The
        # continuation crosses evictions.
        "shares": recordRequest(
            Reference(pack, (0.5, 1.0, 2.5)), text[:101], text[101:110], bounds, 12, 20,
            recalled([text[200:230], text[230:260]], [text[260:285]]),
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, help="pack folder")
    parser.add_argument("--tiny", action="store_true", help="write a tiny pack into FOLDER/pack and record its cases")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.tiny:
        geometry, weights, manifest, ranks = tinyPack(seed=0)
        folder = options.out / "pack"
        folder.mkdir(exist_ok=True)
        writeRanks(ranks, folder / manifest["tokenizer"]["file"])
        manifest["tensors"] = writeShards(folder, geometry, weights)
        refresh(folder, manifest)
        cases = tinyCases(Pack(folder))
    else:
        pack = Pack(options.pack)
        sources = sorted(Path(__file__).parent.glob("*.py"))
        text = pack.tokenizer().encode("\n".join(path.read_text() for path in sources))
        cases = packCases(Reference(pack), text)
    for name, case in cases.items():
        path = options.out / f"{name}.json"
        path.write_text(json.dumps(case) + "\n")
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
