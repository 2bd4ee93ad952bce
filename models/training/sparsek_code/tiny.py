"""A complete pack of a tiny model with random weights: a second geometry, with scorers that do choose."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .download import BaseSource
from .blocks import roundToNearest
from .export import Weights
from .geometry import Geometry
from .manifest import SPECIAL_TOKENS, describe

TINY = Geometry(
    layers=3, width=64, queryHeads=6, keyValueHeads=2, headDim=16, feedForwardWidth=96, vocabulary=288,
    ropeTheta=10_000.0, rmsNormEpsilon=1e-6, maxPositions=2048, scorerHidden=8,
)  # fmt: skip
NOWHERE = BaseSource("random weights", "none", "Apache-2.0", ("none",), "0", 0, "0" * 64)


def tinyPack(seed: int) -> tuple[Geometry, Weights, dict[str, Any], dict[bytes, int]]:
    """Geometry, weights, a manifest without tensors and files, and the tokenizer's ranks: the 256 bytes."""
    g, generator = TINY, torch.Generator().manual_seed(seed)

    def normal(*shape: int, scale: float = 1.0) -> Tensor:
        return torch.randn(shape, generator=generator) * scale

    def matrix(out: int, width: int, bits: int = 4, symmetric: bool = False):
        return roundToNearest(normal(out, width, scale=width**-0.5), bits, symmetric)

    weights: Weights = {"embedding.weight": roundToNearest(normal(g.vocabulary, g.width), 4, symmetric=True)}
    for index in range(g.layers):
        layer: Weights = {
            "attentionNorm.weight": 1 + normal(g.width, scale=0.1),
            "attention.queryKeyValue.weight": matrix(g.queryWidth + 2 * g.keyValueWidth, g.width, 8, True),
            "attention.queryKeyValue.bias": normal(g.queryWidth + 2 * g.keyValueWidth, scale=0.1),
            "attention.output.weight": matrix(g.width, g.queryWidth),
            "feedForwardNorm.weight": 1 + normal(g.width, scale=0.1),
            "feedForward.gate.weight": matrix(g.feedForwardWidth, g.width),
            "feedForward.up.weight": matrix(g.feedForwardWidth, g.width),
            "feedForward.down.weight": matrix(g.width, g.feedForwardWidth),
            "scorer.hidden.weight": normal(g.scorerHidden, g.width, scale=g.width**-0.5),
            "scorer.hidden.bias": normal(g.scorerHidden, scale=0.1),
            "scorer.output.weight": normal(g.keyValueHeads, g.scorerHidden),
            "scorer.output.bias": normal(g.keyValueHeads, scale=0.1),
        }
        weights |= {f"layers.{index}.{name}": tensor for name, tensor in layer.items()}
    weights["finalNorm.weight"] = 1 + normal(g.width, scale=0.1)
    ranks = {bytes([byte]): byte for byte in range(256)}
    specials = {token: 256 + place for place, token in enumerate(SPECIAL_TOKENS.values())}
    manifest = describe("tiny", "Tiny, random", NOWHERE, g, specials)
    manifest["sinkTokens"] = [specials["<|endoftext|>"], specials["<|repo_name|>"], 65, 10]
    return g, weights, manifest, ranks
