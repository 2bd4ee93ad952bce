"""The dimensions of one model. Nothing else in this package knows a number that belongs to a particular model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Geometry:
    layers: int
    width: int
    queryHeads: int
    keyValueHeads: int
    headDim: int
    feedForwardWidth: int
    vocabulary: int
    ropeTheta: float
    rmsNormEpsilon: float
    maxPositions: int
    scorerHidden: int
    """Width of the scorer's hidden layer; 0 means a linear scorer."""

    @property
    def queryWidth(self) -> int:
        return self.queryHeads * self.headDim

    @property
    def keyValueWidth(self) -> int:
        return self.keyValueHeads * self.headDim
