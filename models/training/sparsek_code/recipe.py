"""A run's numbers, and what is drawn for each step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .batch import Batch
from .memory import Plan

PRIOR = 0.6
"""A segment's prior is -PRIOR * log2(1 + rank)."""


@dataclass(frozen=True)
class Recipe:
    stage: str = "joint"
    steps: int = 1000
    warmup: int = 30
    adapterRate: float = 4e-4
    scorerRate: float = 1e-3
    finalShare: float = 0.05
    """Learning rates fall along a cosine to this share."""
    entropyShare: float = 0.3
    regressionShare: float = 0.01
    importanceEvery: int = 2
    """The regression needs the teacher's attention as numbers: only in every so many joint steps."""
    clip: float = 1.0
    noPrior: float = 0.25
    """Share of steps without the retrieval prior."""

    def rate(self, step: int) -> float:
        if step < self.warmup:
            return (step + 1) / self.warmup
        done = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.finalShare + (1 - self.finalShare) * (1 + math.cos(math.pi * done)) / 2


def priorOf(ranks: Tensor) -> Tensor:
    """float32 like ranks: -PRIOR * log2(1 + rank); 0 for rank -1 (the live file's own segments)."""
    return -PRIOR * torch.log2(1 + ranks.clamp(min=0).float())


def lateShares(layers: int) -> tuple[float, ...]:
    """The same bytes, more of them in the last third of the layers, where the memory is read: half K, then twice K."""
    late = layers // 3
    early = layers - late
    return (0.5,) * early + ((layers - 0.5 * early) / late,) * late if late else ()


def drawPlan(batch: Batch, random: np.random.Generator, layers: int) -> Plan:
    """K in 256..2,048, even on a log scale, over all layers alike or mostly in the last, and the window.

    A text read in one piece is one chunk with no window.
    """
    entries = 64 * round(2 ** random.uniform(8, 11) / 64)
    shares = lateShares(layers) if random.random() < 0.5 else ()
    if batch.kind == "fill":
        return Plan(entries, 0, batch.live.shape[1], shares=shares)
    if batch.kind == "long":
        return Plan(entries, int(random.choice([512, 1024])), 512, shares=shares)
    return Plan(entries, int(random.choice([512, 768, 1024])), 256, shares=shares)
