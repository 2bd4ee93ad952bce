"""What training changes: low-rank updates of q, k, v and o, and the scorers. All layers stand in one tensor a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .geometry import Geometry

if TYPE_CHECKING:
    from .manifest import Pack

RANK = 32
STRENGTH = 2.0
"""The update is STRENGTH * up @ down."""


class Adapters(nn.Module):
    def __init__(self, geometry: Geometry, rank: int = RANK, seed: int = 0) -> None:
        super().__init__()
        self.geometry = geometry
        g, layers, generator = geometry, geometry.layers, torch.Generator().manual_seed(seed)
        normal = lambda *shape: nn.Parameter(torch.randn(*shape, generator=generator) * shape[-1] ** -0.5)  # noqa: E731
        zeros = lambda *shape: nn.Parameter(torch.zeros(*shape))  # noqa: E731
        self.widths = [g.queryWidth, g.keyValueWidth, g.keyValueWidth]
        self.down = normal(layers, 3, rank, g.width)
        """for q, k, v"""
        self.up = zeros(layers, sum(self.widths), rank)
        self.outputDown, self.outputUp = normal(layers, rank, g.queryWidth), zeros(layers, g.width, rank)
        if g.scorerHidden:
            self.hidden, self.hiddenBias = normal(layers, g.scorerHidden, g.width), zeros(layers, g.scorerHidden)
        self.score = normal(layers, g.keyValueHeads, g.scorerHidden or g.width)
        self.scoreBias = zeros(layers, g.keyValueHeads)

    @classmethod
    def ofPack(cls, pack: Pack) -> Adapters:
        """A pack's scorers; its attention matrices are what they are."""
        adapters, layers = cls(pack.geometry), range(pack.geometry.layers)
        read = lambda name: torch.stack([pack.tensor(f"layers.{i}.scorer.{name}") for i in layers])  # noqa: E731
        with torch.no_grad():
            if pack.geometry.scorerHidden:
                adapters.hidden.copy_(read("hidden.weight"))
                adapters.hiddenBias.copy_(read("hidden.bias"))
            adapters.score.copy_(read("output.weight"))
            adapters.scoreBias.copy_(read("output.bias"))
        return adapters

    @torch.no_grad()
    def widened(self, rank: int) -> Adapters:
        """The same updates with room for more: new directions whose `up` is zero. Raises ValueError if `rank` is smaller."""
        had = self.down.shape[2]
        if rank < had:
            raise ValueError(f"These updates have rank {had}; they cannot be narrowed to {rank}.")
        wide = Adapters(self.geometry, rank)
        for name, x in wide.named_parameters():
            old = getattr(self, name)
            x[tuple(map(slice, old.shape))] = old
        return wide

    def merge(self, layer: int, queryKeyValue: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        """The layer's q|k|v and output matrices with their updates, in their own dtype."""
        parts = [up @ down for up, down in zip(self.up[layer].split(self.widths), self.down[layer], strict=True)]
        joined = queryKeyValue + STRENGTH * torch.cat(parts)
        return joined.to(output.dtype), (output + STRENGTH * self.outputUp[layer] @ self.outputDown[layer]).to(output.dtype)

    def scorer(self, layer: int) -> tuple[Tensor, ...]:
        """Weight and bias of each of the scorer's layers: two pairs, or one if it is linear."""
        last = (self.score[layer], self.scoreBias[layer])
        return (self.hidden[layer], self.hiddenBias[layer], *last) if hasattr(self, "hidden") else last

    def isScorer(self, name: str) -> bool:
        return name in ("hidden", "hiddenBias", "score", "scoreBias")
