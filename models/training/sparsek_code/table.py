"""Rows of losses by episode, and what they say: share of full attention's gain, paired standard errors."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

Array = np.ndarray


@dataclass
class Row:
    """Loss sums and token counts by episode."""

    sums: list[float]
    counts: list[int]


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.labels: list[str] = []
        """One for each episode, e.g. its language."""

    def add(self, name: str, loss: Tensor, episode: Tensor, count: int) -> None:
        """Losses [n] of tokens of the episodes `episode` [n] in 0 .. count-1."""
        row = self.rows.setdefault(name, Row([], []))
        row.sums += torch.zeros(count, device=loss.device).index_add_(0, episode, loss).tolist()
        row.counts += torch.bincount(episode, minlength=count).tolist()

    def summary(self, none: str, full: str, only: str | None = None) -> dict[str, dict[str, float]]:
        """Each row: loss, share of `full`'s gain over `none`, and the standard error of its difference from `full`.

        The error takes episodes as independent: a ratio estimator over their sums. `only` = episodes of this label.
        """
        pick = np.array([only is None or label == only for label in self.labels])
        counts = np.array(self.rows[full].counts, float)[pick]
        total, loss = counts.sum(), {name: np.array(row.sums)[pick] for name, row in self.rows.items()}
        gain = loss[none].sum() - loss[full].sum()
        result: dict[str, dict[str, float]] = {"": {"tokens": int(total), "episodes": int(pick.sum())}}
        for name, sums in loss.items():
            result[name] = {
                "loss": round(sums.sum() / total, 4),
                "gain": round((loss[none].sum() - sums.sum()) / gain, 3),
                "error": round(paired(sums - loss[full], counts)[1], 4),
            }
        return result

    def against(self, other: Table) -> dict[str, dict[str, float]]:
        """Each row's loss here and in another table of the same tokens, the difference, and its paired standard error."""
        result: dict[str, dict[str, float]] = {}
        for name, row in self.rows.items():
            if row.counts != other.rows[name].counts:
                raise ValueError(f"{name}: the two tables are not of the same tokens.")
            ours, theirs, counts = np.array(row.sums), np.array(other.rows[name].sums), np.array(row.counts, float)
            difference, error = paired(ours - theirs, counts)
            losses = {"loss": ours.sum() / counts.sum(), "other": theirs.sum() / counts.sum()}
            result[name] = {"tokens": int(counts.sum()), "files": len(counts)} | {
                key: round(value, 5) for key, value in (losses | {"difference": difference, "error": error}).items()
            }
        return result


def paired(differences: Array, counts: Array) -> tuple[float, float]:
    """Mean difference a token and its standard error, from each episode's sum over its tokens."""
    total = counts.sum()
    mean = differences.sum() / total
    return mean, math.sqrt(((differences - mean * counts) ** 2).sum()) / total


class Report:
    """Summaries by part, printed and written as they come."""

    def __init__(self, path: Path) -> None:
        self.path, self.parts = path, {}

    def add(self, part: str, table: Table, none: str, full: str, only: str | None = None) -> None:
        if not table.rows:
            print(f"\n{part}: nothing to measure (no such files, or no time)", flush=True)
            return
        self.parts[part] = rows = table.summary(none, full, only)
        self.path.write_text(json.dumps(self.parts, indent=1) + "\n")
        print(f"\n{part}: {rows['']['tokens']} tokens of {rows['']['episodes']} files", flush=True)
        for name, row in rows.items():
            if name:
                print(f"  {name:20} {row['loss']:.4f} {100 * row['gain']:6.1f} % ± {row['error']:.4f}", flush=True)
