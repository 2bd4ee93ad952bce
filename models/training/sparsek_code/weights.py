"""The base's weights as the trainer holds them: frozen, in one dtype on one device."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .geometry import Geometry

if TYPE_CHECKING:
    from .adapters import Adapters


@dataclass
class LayerWeights:
    attentionNorm: Tensor
    queryKeyValue: Tensor
    """[q + k + v, width]"""
    bias: Tensor
    output: Tensor
    feedForwardNorm: Tensor
    gateUp: Tensor
    """[2 * feedForwardWidth, width]: gate, then up"""
    down: Tensor


@dataclass
class BaseWeights:
    geometry: Geometry
    embedding: Tensor
    """[vocabulary, width], also the head"""
    finalNorm: Tensor
    layers: list[LayerWeights]

    def to(self, device: torch.device | str, dtype: torch.dtype) -> BaseWeights:
        move = lambda x: x.to(device, dtype)  # noqa: E731
        layers = [LayerWeights(**{name: move(x) for name, x in vars(layer).items()}) for layer in self.layers]
        return BaseWeights(self.geometry, move(self.embedding), move(self.finalNorm), layers)

    def save(self, path: Path) -> None:
        layers = [vars(layer) for layer in self.layers]
        torch.save(
            {"geometry": asdict(self.geometry), "embedding": self.embedding, "finalNorm": self.finalNorm, "layers": layers},
            path,
        )


def layerWeights(named: dict[str, Tensor]) -> LayerWeights:
    """From a layer's tensors by the pack's names."""
    return LayerWeights(
        named["attentionNorm.weight"],
        named["attention.queryKeyValue.weight"],
        named["attention.queryKeyValue.bias"],
        named["attention.output.weight"],
        named["feedForwardNorm.weight"],
        torch.cat([named["feedForward.gate.weight"], named["feedForward.up.weight"]]),
        named["feedForward.down.weight"],
    )


def withBody(base: BaseWeights, body: BaseWeights) -> BaseWeights:
    """The base's attention on another's table and feed-forwards, for instance on the quantised ones of a pack."""
    layers = [
        replace(theirs, queryKeyValue=ours.queryKeyValue, output=ours.output)
        for ours, theirs in zip(base.layers, body.layers, strict=True)
    ]
    return replace(body, geometry=base.geometry, layers=layers)


@torch.no_grad()
def withUpdates(base: BaseWeights, adapters: Adapters) -> BaseWeights:
    """The base with low-rank updates merged into its attention, whatever becomes of `adapters` afterwards."""
    merged = [adapters.merge(i, layer.queryKeyValue, layer.output) for i, layer in enumerate(base.layers)]
    layers = [
        replace(layer, queryKeyValue=queryKeyValue, output=output)
        for layer, (queryKeyValue, output) in zip(base.layers, merged, strict=True)
    ]
    return replace(base, layers=layers)


def load(path: Path) -> BaseWeights:
    """From a GGUF file, from a pack folder (quantised weights, dequantised exactly) or from what `save` wrote."""
    if path.is_dir():
        from .manifest import Pack

        pack = Pack(path)
        layers = [layerWeights(pack.layer(index)) for index in range(pack.geometry.layers)]
        return BaseWeights(pack.geometry, pack.tensor("embedding.weight"), pack.tensor("finalNorm.weight"), layers)
    if path.suffix == ".gguf":
        from .base import Base

        base = Base(path)
        layers = [layerWeights(base.layer(i)) for i in range(base.geometry().layers)]
        return BaseWeights(base.geometry(), base.embedding(), base.finalNorm(), layers)
    saved = torch.load(path, mmap=True)
    layers = [LayerWeights(**layer) for layer in saved["layers"]]
    return BaseWeights(Geometry(**saved["geometry"]), saved["embedding"], saved["finalNorm"], layers)
