"""Rows of losses by episode, and what they say: share of full attention's gain, paired standard errors."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass
class Row:
    """Loss sums and token counts by episode."""

    sums: list[float]
    counts: list[int]


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.labels: list[str] = []
        """Language of each episode."""

    def add(self, name: str, loss: Tensor, episode: Tensor, count: int) -> None:
        """Losses [n] of tokens of the episodes `episode` [n] in 0 .. count-1."""
        row = self.rows.setdefault(name, Row([], []))
        row.sums += torch.zeros(count, device=loss.device).index_add_(0, episode, loss).tolist()
        row.counts += torch.bincount(episode, minlength=count).tolist()

    def report(self, none: str, full: str, only: str | None = None) -> dict[str, dict[str, float]]:
        """Each row: loss, share of `full`'s gain over `none`, and the standard error of its difference from `full`."""
        pick = np.array([only is None or label == only for label in self.labels])
        weights = np.array(self.rows[full].counts, float)[pick]
        total = weights.sum()
        if total == 0:
            return {}
        loss = {name: np.array(row.sums)[pick] for name, row in self.rows.items()}
        gain = (loss[none].sum() - loss[full].sum()) / total
        result = {}
        for name, sums in loss.items():
            difference = sums - loss[full]
            residual = difference - difference.sum() / total * weights
            result[name] = {
                "loss": round(sums.sum() / total, 4),
                "gain": round(float((loss[none].sum() - sums.sum()) / total / gain), 3),
                "error": round(math.sqrt((residual**2).sum()) / total, 4),
            }
        return result | {"": {"tokens": int(total), "episodes": int(pick.sum())}}


def show(title: str, rows: dict[str, dict[str, float]], begun: float) -> None:
    rows = dict(rows)
    size = rows.pop("", {})
    print(f"\n{title}: {size}, {time.monotonic() - begun:.0f} s", flush=True)
    for name, row in rows.items():
        print(f"  {name:24} {row['loss']:.4f}  {100 * row['gain']:6.1f} %  ± {row['error']:.4f}", flush=True)
