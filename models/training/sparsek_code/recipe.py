"""A run's numbers, and what is drawn for each step."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

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
    late: float = 1.0
    """Share of steps in which the last third of the layers hold more of the memory (`lateShares`)."""

    seconds: float = math.inf
    """The run's time, if it ends before `steps` do."""

    def rate(self, step: int, seconds: float = 0.0) -> float:
        """After `step` steps in `seconds`."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        done = min(1.0, max((step - self.warmup) / max(1, self.steps - self.warmup), seconds / self.seconds))
        return self.finalShare + (1 - self.finalShare) * (1 + math.cos(math.pi * done)) / 2


def priorOf(ranks: Tensor) -> Tensor:
    """float32 like ranks: -PRIOR * log2(1 + rank); 0 for rank -1 (the live file's own segments)."""
    return -PRIOR * torch.log2(1 + ranks.clamp(min=0).float())


def lateShares(layers: int) -> tuple[float, ...]:
    """The same bytes where they are read: a quarter of K in the first third of the layers, half in the second, the rest in the last."""
    third = layers // 3
    last = layers - 2 * third
    return (0.25,) * third + (0.5,) * third + ((layers - 0.75 * third) / last,) * last


def drawPlan(batch: Batch, random: np.random.Generator, layers: int, late: float) -> Plan:
    """K in 256..2,048, even on a log scale, in a share `late` of the draws mostly in the last layers, and the window.

    A text read in one piece is one chunk with no window.
    """
    entries = 64 * round(2 ** random.uniform(8, 11) / 64)
    shares = lateShares(layers) if random.random() < late else ()
    plan = Plan(entries, 0, batch.live.shape[1], shares=shares)
    if batch.kind == "fill":
        return plan
    if batch.kind == "long":
        return replace(plan, window=int(random.choice([512, 1024])), chunk=512)
    # A conversation's window is 1,024, as in the engine.
    return replace(plan, window=1024 if batch.kind == "chat" else int(random.choice([512, 768, 1024])), chunk=256)
