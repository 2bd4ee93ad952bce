"""What a live text is read behind, and the geometry of that reading which all layers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from . import memory
from .memory import Plan

UNSEEN = -1e4
"""The bias on logits of slots that hold nothing."""


@dataclass
class Entries:
    """One layer's view of a stream: keys before rotation and values [N, heads, d], scores float32 [N, heads]."""

    keys: Tensor
    values: Tensor
    scores: Tensor


@dataclass
class Context:
    """What stands before the live texts: first the 4 sink tokens, then E times `size` tokens of segments (and padding)."""

    layers: list[Entries]
    size: int
    segments: Tensor
    """int64 [E, D, S]: see memory.offered"""
    prior: Tensor
    """float32 [E, size]: added to the scores, the same for all tokens of a segment"""
    overrides: list[Tensor] | None = None
    """Other scores than the model's, [E, heads, size + T] a layer: the baselines of an evaluation."""


@dataclass
class Frame:
    """What all layers of one live pass share: rotations, masks and bounds."""

    held: Tensor
    memory: tuple[Tensor, Tensor]
    sink: tuple[Tensor, Tensor]
    sinkBias: Tensor
    windowBias: Tensor
    queryBounds: Tensor
    keyBounds: Tensor

    @staticmethod
    def of(context: Context, length: int, plan: Plan, heads: int, rotation: Callable[[Tensor], tuple[Tensor, Tensor]]) -> Frame:
        device = context.prior.device
        held = memory.held(context.segments, context.size, length, plan)  # [E, n]
        first = (plan.starts(length, device) - held)[..., None]  # the place of memory slot 0
        episodes, chunks = held.shape
        slots = torch.arange(plan.entries, device=device)
        reach = (
            torch.arange(-plan.window, plan.chunk, device=device) + torch.arange(0, length, plan.chunk, device=device)[:, None]
        )
        window = torch.where(reach < 0, UNSEEN, 0.0)[None, :, :, None].expand(
            episodes, -1, -1, heads
        )  # nothing precedes the text
        bounds = lambda size: torch.arange(episodes * chunks + 1, device=device, dtype=torch.int32) * size  # noqa: E731
        return Frame(
            held,
            rotation(first + slots),
            rotation(first - 4 + torch.arange(4, device=device)),
            torch.zeros(episodes, chunks, 4, heads, device=device),
            window,
            bounds(plan.chunk),
            bounds(4 + plan.entries + plan.window + plan.chunk),
        )


def windows(x: Tensor, episodes: int, plan: Plan) -> Tensor:
    """[E * T, heads, d] -> [E, n, W + C, heads, d]: each chunk with the W tokens before it (zeros before the text)."""
    x = F.pad(x.unflatten(0, (episodes, -1)), (0, 0, 0, 0, plan.window, 0))
    return x.unfold(1, plan.window + plan.chunk, plan.chunk).permute(0, 1, 4, 2, 3)
