"""A run's curves: means over some steps, one JSON line each."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

from torch import Tensor


class Log:
    """Means over some steps, one JSON line each, also printed."""

    def __init__(self, path: Path, every: int = 10) -> None:
        self.path, self.every, self.rows, self.badSteps = path, every, [], 0
        self.clock = time.monotonic()

    def add(self, progress: dict, kind: str, tokens: int, values: dict[str, Tensor]) -> None:
        self.rows.append((kind, tokens, values))
        if len(self.rows) < self.every:
            return
        named: dict[str, list[float]] = {}
        for kind, _, values in self.rows:
            for name, value in values.items():
                number = float(value)
                self.badSteps += name == "norm" and not math.isfinite(number)
                named.setdefault(f"{name}.{kind}", []).append(number)
        seconds, self.clock = time.monotonic() - self.clock, time.monotonic()
        rate = round(sum(tokens for _, tokens, _ in self.rows) / seconds)
        line = {"step": progress["step"], "tokens": progress["tokens"], "tokensPerSecond": rate}
        line |= {name: mean(numbers) for name, numbers in sorted(named.items())}
        self.rows = []
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
        if self.badSteps > 20:
            raise SystemExit(
                f"{self.badSteps} updates had no finite gradient; they were left out, but this run is not sound. "
                "Resume from an earlier checkpoint with smaller learning rates."
            )


def mean(numbers: list[float]) -> float | None:
    """Of the finite ones; None if there are none."""
    finite = [number for number in numbers if math.isfinite(number)]
    return round(sum(finite) / len(finite), 4) if finite else None
