"""One step of training, in either stage."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from . import losses
from .batch import SEGMENT_ROOM, Batch
from .frame import Context
from .memory import Plan
from .model import Model
from .recipe import Recipe, priorOf


class Trainer:
    def __init__(self, student: Model, teacher: Model, recipe: Recipe) -> None:
        self.student, self.teacher, self.recipe = student, teacher, recipe
        self.comparable = student.geometry.layers == teacher.geometry.layers
        """Whether the teacher's attention says what the student's layers should keep: not that of a larger model."""
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
        hidden, _ = self.teacher.readDocuments(
            batch.teacher, batch.teacherBounds, longest, False, True, observe if measure else None
        )
        assert hidden is not None
        return hidden[batch.teacherRows], masses

    def regress(self, layers: list[Tensor], masses: list[Tensor], rows: Tensor) -> Tensor:
        parts = [losses.regression(s, m, rows) for s, m in zip(layers, masses, strict=True)]
        return torch.stack(parts).mean()

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
        result = {"kl": values[0].detach(), "entropy": values[1].detach()}
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
            if x.grad is not None:
                x.grad = x.grad.where(norm.isfinite(), 0)
        self.optimiser.step()
        self.student.adapters.zero_grad(set_to_none=True)
        return norm

    def setRate(self, step: int, seconds: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * self.recipe.rate(step, seconds)
