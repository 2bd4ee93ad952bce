"""The base to quantised weights: sequential GPTQ.

    python -m sparsek_code.quantise --cache CACHE --pack PACK --repos GIT_DIRECTORY... --out WEIGHTS

Two models read the same calibration windows side by side, layer by layer: the base, and the one quantised so far. Each
matrix is quantised for the inputs it really meets, those behind the already quantised layers. Before that it is moved
towards the matrix that gives the base's outputs on these inputs, so that errors do not add up (the idea of QEP,
arXiv 2504.09629, and GPTAQ, arXiv 2504.02692): with T = what is missing in the output,

    W* = W + correction * E[T x^T] (E[x x^T] + damping)^-1

Output and down projection write into the residual stream, and T includes what is missing there. The passes
through the layers are bfloat16, with float32 residual streams; Gram matrices and solving are float32.

The pack is only read for its tokenizer. Memory: about 4 GB for 48 windows of 1,024 tokens.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from .base import Base
from .blocks import BlockMatrix
from .calibration import windows
from .download import QWEN_05B, obtain
from .export import Weights
from .geometry import Geometry
from .gptq import Recipe, damped, gptq, objective
from .manifest import Pack
from .trained import MATRICES, Trained
from .transformer import (
    WINDOWS_AT_ONCE,
    Layer,
    attentionInner,
    cast,
    feedForwardInner,
    finalStates,
    linear,
    rmsNorm,
    rotary,
)

SINK_LENGTH, SINK_WEIGHT = 4, 0.25
"""The sink is the same in every window and its activations are huge in places: in full it would drown the text."""


@dataclass(frozen=True)
class Settings:
    body: Recipe = Recipe(bits=4, symmetric=False)
    queryKeyValue: Recipe = Recipe(bits=8, symmetric=True)
    table: Recipe = Recipe(bits=4, symmetric=True, damping=0.5)
    """The table serves twice: damping makes a compromise between the head, which meets H, and the embedding, which meets I."""
    correction: float = 0.5
    correctionDamping: float = 0.05


class Source(Protocol):
    """A model's tensors, dequantised one layer at a time: `base.Base`, or `trained.Trained`."""

    def geometry(self) -> Geometry: ...
    def embedding(self) -> Tensor: ...
    def finalNorm(self) -> Tensor: ...
    def layer(self, index: int) -> dict[str, Tensor]: ...


class Gram:
    """Sums over all tokens: x x^T, and m x^T for what is missing, m."""

    def __init__(self) -> None:
        self.inputs: Tensor | float = 0.0
        self.missing: Tensor | float = 0.0
        self.tokens = 0

    def add(self, x: Tensor, missing: Tensor) -> None:
        """x [windows, T, in]; what is missing, of the input [windows, T, in] or of the output [windows, T, out]."""
        x, missing = (part.to(torch.float32, copy=True) for part in (x, missing))
        for part in (x, missing):
            part[:, :SINK_LENGTH] *= SINK_WEIGHT
        x, missing = x.flatten(0, 1), missing.flatten(0, 1)
        self.inputs = self.inputs + symmetricProduct(x)
        self.missing = self.missing + missing.T @ x
        self.tokens += len(x)


def symmetricProduct(x: Tensor) -> Tensor:
    """x^T x [n, n] of x [tokens, n], computing little more than one half; float32, since bfloat16 sums are not definite."""
    product = torch.empty(x.shape[1], x.shape[1])
    size = max(1, x.shape[1] // 4)
    for start in range(0, x.shape[1], size):
        rows = slice(start, start + size)
        product[rows, start:] = x[:, rows].T @ x[:, start:]
        product[start:, rows] = product[rows, start:].T
    return product


class Calibration:
    """The residual streams of both models, [windows, T, width], moved forward layer by layer."""

    def __init__(self, tokens: Tensor, table: Tensor, quantisedTable: Tensor, geometry: Geometry, settings: Settings) -> None:
        self.geometry, self.settings = geometry, settings
        self.base, self.quantised = table[tokens], quantisedTable[tokens]
        self.cos, self.sin = rotary(torch.arange(tokens.shape[1]), geometry)
        self.report: list[tuple[str, float]] = []

    def batches(self) -> list[slice]:
        return [slice(i, i + WINDOWS_AT_ONCE) for i in range(0, len(self.base), WINDOWS_AT_ONCE)]

    def norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return rmsNorm(x, weight, self.geometry.rmsNormEpsilon)

    def attention(self, x: Tensor, layer: Layer) -> Tensor:
        x = self.norm(x, layer["attentionNorm.weight"])
        return attentionInner(x, layer, self.geometry, self.cos, self.sin)

    def feedForward(self, x: Tensor, layer: Layer) -> Tensor:
        return feedForwardInner(self.norm(x, layer["feedForwardNorm.weight"]), layer)

    def quantise(self, name: str, weight: Tensor, gram: Gram, missing: Tensor, recipe: Recipe) -> BlockMatrix:
        """`missing`: the sum of T x^T, [out, in]."""
        hessian = gram.inputs / gram.tokens
        shift = torch.linalg.solve(damped(hessian, self.settings.correctionDamping), (missing / gram.tokens).T).T
        target = weight + self.settings.correction * shift
        result = gptq(target, hessian, recipe)
        self.report.append((name, objective(target, result.dequantise(), hessian)))
        return result

    def normed(self, norm: str, names: list[str], layer: Layer, recipe: Recipe) -> dict[str, BlockMatrix]:
        """Quantises matrices that read the normed residual stream."""
        weight, gram = torch.cat([layer[name] for name in names]), Gram()
        for batch in self.batches():
            x = self.norm(self.quantised[batch], layer[norm])
            gram.add(x, self.norm(self.base[batch], layer[norm]) - x)
        return self.separate(names, layer, self.quantise(names[0], weight, gram, weight @ gram.missing, recipe))

    def separate(self, names: list[str], layer: Layer, joined: BlockMatrix) -> dict[str, BlockMatrix]:
        rows = [len(layer[name]) for name in names]
        parts = zip(joined.codes.split(rows), joined.scales.split(rows), strict=True)
        zeros = [None] * len(rows) if joined.zeroPoints is None else joined.zeroPoints.split(rows)
        return {
            name: replace(joined, codes=codes.clone(), scales=scales.clone(), zeroPoints=None if zero is None else zero.clone())
            for name, (codes, scales), zero in zip(names, parts, zeros, strict=True)
        }

    def residual(
        self, name: str, inner: Callable[[Tensor, Layer], Tensor], layer: Layer, done: Weights, kept: dict[str, BlockMatrix]
    ) -> dict[str, BlockMatrix]:
        """Quantises a matrix that writes into the residual stream, unless it is kept, and moves both streams past it.

        `done`: the layer with the quantised matrices that `inner` uses.
        """
        weight, gram = layer[name], Gram()
        rounded = weight.bfloat16()
        exact, approximate = cast(layer, torch.bfloat16), cast(values(done), torch.bfloat16)
        inputs: list[Tensor] = []
        for batch in self.batches():
            wanted = inner(self.base[batch], exact)
            x = inner(self.quantised[batch], approximate)
            missing = self.base[batch] - self.quantised[batch] + linear(wanted.float() - x.float(), rounded)
            gram.add(x, missing)
            inputs.append(x.bfloat16())
            self.base[batch] += linear(wanted, rounded)
        result = kept[name] if name in kept else self.quantise(name, weight, gram, gram.missing, self.settings.body)
        rounded = result.dequantise().bfloat16()
        for batch, x in zip(self.batches(), inputs, strict=True):
            self.quantised[batch] += linear(x, rounded)
        return {name: result}

    def layer(self, layer: Layer, kept: dict[str, BlockMatrix]) -> Weights:
        """Quantises one layer, but for its `kept` matrices, and moves both residual streams behind it."""
        settings = self.settings
        found: Weights = layer | kept
        qkv, gateUp = ["attention.queryKeyValue.weight"], ["feedForward.gate.weight", "feedForward.up.weight"]
        if not kept.keys() >= set(qkv):
            found |= self.normed("attentionNorm.weight", qkv, layer, settings.queryKeyValue)
        found |= self.residual("attention.output.weight", self.attention, layer, found, kept)
        if not kept.keys() >= set(gateUp):
            found |= self.normed("feedForwardNorm.weight", gateUp, layer, settings.body)
        return found | self.residual("feedForward.down.weight", self.feedForward, layer, found, kept)

    def drift(self) -> float:
        """Squared distance between the two residual streams, as a share of the base's, the sink left out."""
        base, quantised = self.base[:, 4:], self.quantised[:, 4:]
        return float((base - quantised).square().sum() / base.square().sum())


def values(weights: Weights) -> Layer:
    return {name: tensor if isinstance(tensor, Tensor) else tensor.dequantise() for name, tensor in weights.items()}


def quantiseTable(table: Tensor, states: Tensor, recipe: Recipe) -> BlockMatrix:
    """The embedding, tied with the head, for the head's inputs; rows in parts to spare memory."""
    flat = states.flatten(0, 1)
    hessian = symmetricProduct(flat) / len(flat)
    parts = [gptq(rows, hessian, recipe) for rows in table.split(16_384)]
    codes, scales = torch.cat([part.codes for part in parts]), torch.cat([part.scales for part in parts])
    return BlockMatrix(recipe.bits, recipe.blockSize, codes, scales, None)


@torch.no_grad()
def quantiseModel(
    base: Source, tokens: Tensor, settings: Settings, kept: dict[str, BlockMatrix], log: Callable[[str], None]
) -> Weights:
    """All tensors by the pack's names. `kept` matrices stay as they are; the others are quantised for the inputs these give."""
    geometry, table, started = base.geometry(), base.embedding(), time.monotonic()
    tokens = tokens.to(table.device)
    tableCodes = kept.get("embedding.weight")
    if tableCodes is None:
        states = finalStates(tokens, table, base.layer, base.finalNorm(), geometry, torch.bfloat16)
        tableCodes = quantiseTable(table, states, settings.table)
    weights: Weights = {"embedding.weight": tableCodes}
    log(f"table quantised, {time.monotonic() - started:.0f} s")
    calibration = Calibration(tokens, table, tableCodes.dequantise(), geometry, settings)
    del table
    for index in range(geometry.layers):
        prefix = f"layers.{index}."
        keptHere = {name.removeprefix(prefix): matrix for name, matrix in kept.items() if name.startswith(prefix)}
        calibration.report.clear()
        weights |= {f"{prefix}{name}": tensor for name, tensor in calibration.layer(base.layer(index), keptHere).items()}
        errors = ", ".join(f"{name.split('.')[-2]} {error:.2%}" for name, error in calibration.report)
        log(f"layer {index}: errors {errors}; drift {calibration.drift():.2%}, {time.monotonic() - started:.0f} s")
    return weights | {"finalNorm.weight": base.finalNorm()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of the base (see download.py)")
    parser.add_argument("--pack", type=Path, required=True, help="a pack with the tokenizer, e.g. one rounded to nearest")
    parser.add_argument("--repos", type=Path, nargs="+", required=True, help="git directories of the training repositories")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="leave the matrices of the shards that PACK holds as they are")
    parser.add_argument("--checkpoint", type=Path, help="what training left: its attention in the base's place, never kept")
    parser.add_argument("--windows", type=int, default=48)
    parser.add_argument("--length", type=int, default=1024)
    parser.add_argument("--correction", type=float, default=Settings.correction)
    parser.add_argument("--damping", type=float, default=Recipe.damping)
    parser.add_argument("--sweeps", type=int, default=Recipe.sweeps)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cuda does in a minute or two what takes two cores half an hour or more")
    options = parser.parse_args()
    tokens = windows(Pack(options.pack), options.repos, options.windows, options.length, options.seed)
    body = Recipe(bits=4, symmetric=False, damping=options.damping, sweeps=options.sweeps)
    settings = Settings(body=body, correction=options.correction)
    kept = Pack(options.pack).matrices() if options.keep else {}
    base: Source = Base(obtain(QWEN_05B, options.cache))
    if options.checkpoint:
        base = Trained(base, options.checkpoint).to(options.device)
        kept = {name: matrix for name, matrix in kept.items() if not name.endswith(MATRICES)}
    torch.set_default_device(options.device)
    log = lambda line: print(line, flush=True)  # noqa: E731
    weights = quantiseModel(base, tokens, settings, {name: matrix.to(options.device) for name, matrix in kept.items()}, log)
    torch.save(weights, options.out)


if __name__ == "__main__":
    main()
