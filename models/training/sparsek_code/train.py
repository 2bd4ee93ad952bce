"""Trains scorers and adapters.

    python -m sparsek_code.train --base BASE --corpus train.xz --out RUN --stage scorers --steps 100
    python -m sparsek_code.train --base BASE --corpus train.xz --out RUN --stage joint --steps 1500 --from RUN/scorers.pt

BASE: a GGUF file, a saved `weights.BaseWeights`, or a pack folder. The teacher is the base with full attention, or --teacher.
A run resumes from RUN/<stage>.pt when that is there; --seconds bounds one call. RUN/<stage>.jsonl holds the curves.

Stage `scorers`: each token's score regresses the log of the attention that the teacher's target tokens give it. Stage
`joint`: scorers and low-rank updates; hard top-K memory with SPARSEK's straight-through gradient; loss = KL to the teacher
over the whole text + 0.3 cross-entropy on target tokens, plus a little of the regression, which keeps all scores calibrated.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from . import checkpoint, losses, weights
from .adapters import Adapters
from .batch import SEGMENT_ROOM, Batch, Batches, Mixture
from .data import Corpus, Sizes
from .memory import Plan
from .model import Context, Model

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


def drawPlan(batch: Batch, random: np.random.Generator) -> Plan:
    """K in 256..2,048, even on a log scale, and the window. A text read in one piece is one chunk with no window."""
    entries = 64 * round(2 ** random.uniform(8, 11) / 64)
    if batch.kind == "fill":
        return Plan(entries, 0, batch.live.shape[1])
    if batch.kind == "long":
        return Plan(entries, int(random.choice([512, 1024])), 512)
    return Plan(entries, int(random.choice([512, 768, 1024])), 256)


class Trainer:
    def __init__(self, student: Model, teacher: Model, recipe: Recipe) -> None:
        self.student, self.teacher, self.recipe = student, teacher, recipe
        self.distil = torch.compile(losses.distil) if student.fused else losses.distil
        self.importance = torch.compile(losses.importance, dynamic=True) if student.fused else losses.importance
        adapters = student.adapters
        named = list(adapters.named_parameters())
        groups = [{"params": [x for n, x in named if adapters.isScorer(n)], "base": recipe.scorerRate}]
        updates = [x for n, x in named if not adapters.isScorer(n)]
        if recipe.stage == "scorers":
            for x in updates:
                x.requires_grad_(False)
        else:
            groups.append({"params": updates, "base": recipe.adapterRate})
        for group in groups:
            group["lr"] = group["base"]
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.99), weight_decay=0.0, fused=student.base.embedding.is_cuda)

    @torch.no_grad()
    def teach(self, batch: Batch, measure: bool) -> tuple[Tensor, list[Tensor]]:
        """The teacher's hidden states at the targets, and per layer the log importance [teacher rows, heads]."""
        masses: list[Tensor] = []
        bounds = batch.teacherPlaces

        def observe(_: int, q: Tensor, k: Tensor) -> None:
            mass = torch.zeros(*k.shape[:2], device=k.device)
            for e, rows in enumerate(batch.queries):
                part = slice(bounds[e], bounds[e + 1])
                mass[part] = self.importance(q[rows], k[part], rows - bounds[e], self.teacher.scale)
            masses.append(mass)

        longest = max(end - start for start, end in pairwise(bounds))
        hidden, _ = self.teacher.readDocuments(batch.teacher, batch.teacherBounds, longest, False, True, observe if measure else None)
        assert hidden is not None
        return hidden[batch.teacherRows], masses

    def regress(self, layers: list[Tensor], masses: list[Tensor], rows: Tensor) -> Tensor:
        return sum((losses.regression(s, m, rows) for s, m in zip(layers, masses, strict=True)), torch.zeros((), device=rows.device)) / len(layers)

    def scorerStep(self, batch: Batch) -> dict[str, Tensor]:
        """Base weights, scorers only. Segments are encoded as they will be: alone, behind the sink."""
        _, masses = self.teach(batch, True)
        _, entries = self.student.readDocuments(batch.context, batch.contextBounds, SEGMENT_ROOM)
        scores = [layer.scores[4:].unflatten(0, (len(batch.live), -1)) for layer in entries]
        rows = batch.scored[:, : batch.size]
        loss = self.regress(scores, masses, rows)
        share = [losses.kept(s.detach(), m, rows, 1024) for s, m in zip(scores, masses, strict=True)]
        self.step(loss)
        return {"regression": loss.detach(), "kept": torch.stack(share).mean()}

    def jointStep(self, batch: Batch, plan: Plan, prior: bool, measure: bool) -> dict[str, Tensor]:
        target, masses = self.teach(batch, measure)
        hidden, scores = self.read(batch, plan, prior)
        head, teacherHead = self.student.base.embedding, self.teacher.base.embedding
        rows = hidden.flatten(0, 1)[batch.student]
        loss, values = losses.distillation(
            rows, head, target, teacherHead, batch.labels, batch.weights, self.recipe.entropyShare, self.distil
        )
        result = {"kl": values[0], "entropy": values[1]}
        if measure:
            regression = self.regress(scores, masses, batch.scored)
            loss = loss + self.recipe.regressionShare * self.recipe.importanceEvery * regression
            result["regression"] = regression.detach()
        result["norm"] = self.step(loss)
        return result

    def read(self, batch: Batch, plan: Plan, prior: bool) -> tuple[Tensor, list[Tensor]]:
        """The student's hidden [E, T, width] and scores of all candidates, [E, size + T, heads] a layer."""
        _, layers = self.student.readDocuments(batch.context, batch.contextBounds, SEGMENT_ROOM)
        bias = priorOf(batch.ranks) if prior else torch.zeros_like(batch.ranks, dtype=torch.float32)
        hidden, live = self.student.readLive(batch.live, Context(layers, batch.size, batch.segments, bias), plan)
        before = [layer.scores[4:].unflatten(0, (len(batch.live), -1)) for layer in layers]
        return hidden, [torch.cat(pair, 1) for pair in zip(before, live, strict=True)]

    def step(self, loss: Tensor) -> Tensor:
        """One update; returns the gradient's norm. A gradient that is not finite changes nothing."""
        loss.backward()
        parameters = [x for group in self.optimiser.param_groups for x in group["params"]]
        norm = torch.nn.utils.clip_grad_norm_(parameters, self.recipe.clip)
        for x in parameters:
            x.grad = x.grad.where(norm.isfinite(), 0)
        self.optimiser.step()
        self.student.adapters.zero_grad(set_to_none=True)
        return norm

    def setRate(self, step: int) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * self.recipe.rate(step)


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
        line = {"step": progress["step"], "tokens": progress["tokens"], "tokensPerSecond": round(sum(n for _, n, _ in self.rows) / seconds)}
        line |= {name: round(sum(numbers) / len(numbers), 4) for name, numbers in sorted(named.items())}
        self.rows = []
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
        if self.badSteps > 20:
            raise SystemExit(
                f"{self.badSteps} updates had no finite gradient; they were left out, but this run is not sound. "
                "Resume from an earlier checkpoint with smaller learning rates."
            )


def run(trainer: Trainer, batches: DataLoader, out: Path, progress: dict, seconds: float, saveEvery: float) -> None:
    """Steps until the recipe's number or the time is reached. Saves at the end and every `saveEvery` seconds."""
    recipe, device = trainer.recipe, trainer.student.base.embedding.device
    path, log = out / f"{recipe.stage}.pt", Log(out / f"{recipe.stage}.jsonl")
    begun = saved = time.monotonic()
    stream = iter(batches)
    while progress["step"] < recipe.steps and time.monotonic() - begun < seconds:
        batch: Batch = next(stream)
        count = batch.tokens
        batch = batch.to(device)
        random = np.random.default_rng(progress["step"])
        trainer.setRate(progress["step"])
        if recipe.stage == "scorers":
            values = trainer.scorerStep(batch)
        else:
            prior, measure = random.random() >= recipe.noPrior, progress["step"] % recipe.importanceEvery == 0
            values = trainer.jointStep(batch, drawPlan(batch, random), bool(prior), measure)
        progress["step"] += 1
        progress["tokens"] += count
        log.add(progress, batch.kind, count, values)
        if time.monotonic() - saved > saveEvery:
            checkpoint.save(path, trainer.student.adapters, trainer.student.geometry, progress, trainer.optimiser)
            saved = time.monotonic()
    progress["seconds"] += time.monotonic() - begun
    checkpoint.save(path, trainer.student.adapters, trainer.student.geometry, progress, trainer.optimiser)
    memory = torch.cuda.max_memory_allocated() / 2**30 if device.type == "cuda" else 0.0
    print(f"{path}: step {progress['step']}, {progress['tokens']} tokens, {progress['seconds']:.0f} s, {memory:.1f} GiB at most", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="another model of the same vocabulary, read with full attention")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stage", choices=["scorers", "joint"], required=True)
    parser.add_argument("--from", dest="start", type=Path, help="checkpoint to start a new run from")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--save-every", type=float, default=120)
    parser.add_argument("--scorer-hidden", type=int, default=64)
    parser.add_argument("--episodes", type=int, default=4, help="episodes a step")
    parser.add_argument("--workers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile")
    parser.add_argument("--tiny", action="store_true", help="small shapes, for a try on a CPU")
    parser.add_argument("--adapter-rate", type=float, default=Recipe.adapterRate)
    parser.add_argument("--scorer-rate", type=float, default=Recipe.scorerRate)
    options = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    options.out.mkdir(parents=True, exist_ok=True)
    base = weights.load(options.base).to(device, torch.bfloat16 if device == "cuda" else torch.float32)
    base.geometry = replace(base.geometry, scorerHidden=options.scorer_hidden)
    recipe = Recipe(stage=options.stage, steps=options.steps, adapterRate=options.adapter_rate, scorerRate=options.scorer_rate)

    progress, moments = {"step": 0, "tokens": 0, "seconds": 0.0}, {}
    current = options.out / f"{options.stage}.pt"
    if current.exists():
        adapters, progress, moments = checkpoint.load(current, base.geometry)
    elif options.start:
        adapters, _, _ = checkpoint.load(options.start, base.geometry)
    else:
        adapters = Adapters(base.geometry, seed=options.seed)
    student = Model(base, adapters.to(device), fused=not options.eager)
    teacherBase = weights.load(options.teacher).to(device, base.embedding.dtype) if options.teacher else base
    trainer = Trainer(student, Model(teacherBase, adapters, fused=not options.eager) if options.teacher else student, recipe)
    checkpoint.restoreMoments(trainer.optimiser, adapters, moments, progress["step"])

    sizes = Sizes(1024, 256, 1024, 32, 128, 4) if options.tiny else Sizes()
    mixture = Mixture(episodes=options.episodes, targets=512 if options.tiny else 2048 * options.episodes)
    if options.stage == "scorers":
        mixture = replace(mixture, long=0.0)
    batches = Batches(Corpus(options.corpus), sizes, mixture, options.seed + progress["step"])
    loader = DataLoader(batches, batch_size=None, num_workers=options.workers, pin_memory=device == "cuda", prefetch_factor=4 if options.workers else None)
    run(trainer, loader, options.out, progress, options.seconds, options.save_every)


if __name__ == "__main__":
    main()
