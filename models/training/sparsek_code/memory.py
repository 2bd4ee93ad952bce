"""Which entries the memory holds while a live text is read, for all chunks of the text at once.

A live text of T tokens is read in chunks of C behind `sink | memory | window`. Chunk c sees the W tokens before it as
window; older tokens of the text compete with the context's entries for the K slots of the memory. Scores depend on the
hidden state alone, so within a layer they are known for every token before any attention is computed: all chunks' memories
follow from one sort, and the chunks are read in parallel with the result of reading them in order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

NEVER = float("-inf")


def entriesAt(entries: int, share: float) -> int:
    """K of a layer whose share of K is `share`. Halves go up, as in the engine (`entriesOf` in kernels/layerGroups.ts)."""
    return math.floor(entries * share + 0.5)


@dataclass(frozen=True)
class Plan:
    """How a live text is read. Shapes: E episodes, P = context + T candidates, n = T / C chunks."""

    entries: int
    """K"""
    window: int
    """W, a multiple of the chunk"""
    chunk: int
    stored: int = 256
    """Entries each context segment offers, per layer and KV head."""
    shares: tuple[float, ...] = ()
    """What each layer's memory holds, as a multiple of K; empty: every layer holds K."""

    def at(self, layer: int) -> Plan:
        return replace(self, entries=entriesAt(self.entries, self.shares[layer]), shares=()) if self.shares else self

    def starts(self, length: int, device: torch.device | None = None) -> Tensor:
        """int64 [n]: the first token of each chunk's window; the tokens before it are older."""
        return (torch.arange(0, length, self.chunk, device=device) - self.window).clamp(min=0)


def offered(scores: Tensor, segments: Tensor, stored: int) -> Tensor:
    """bool, like `scores` [E, heads, context]: the entries among the `stored` best of their segment.

    `segments` [E, D, S] holds each segment's places in the context; unused places hold the number `context`.
    """
    episodes, heads, context = scores.shape
    count, size = segments.shape[1:]
    padded = torch.cat([scores, scores.new_full((episodes, heads, 1), NEVER)], -1)
    place = segments.flatten(1)[:, None].expand(-1, heads, -1)
    bySegment = padded.gather(-1, place).view(episodes, heads, count, size)
    best = bySegment.topk(min(stored, size), dim=-1).indices + torch.arange(count, device=scores.device)[:, None] * size
    result = torch.zeros(episodes, heads, context + 1, dtype=torch.bool, device=scores.device)
    result.scatter_(-1, place.gather(-1, best.flatten(2)), True)
    return result[..., :context]


def eligible(offers: Tensor, length: int, plan: Plan) -> Tensor:
    """bool [E, heads, n, P]: what may be in each chunk's memory: the context's offers and the text older than the window."""
    starts = plan.starts(length, offers.device)
    older = torch.arange(length, device=offers.device) < starts[:, None]
    shape = (*offers.shape[:2], len(starts), -1)
    return torch.cat([offers[:, :, None].expand(shape), older.expand(shape)], -1)


def held(segments: Tensor, context: int, length: int, plan: Plan) -> Tensor:
    """int64 [E, n]: how many entries each chunk's memory holds. It does not depend on the scores."""
    offers = (segments < context).sum(-1).clamp(max=plan.stored).sum(-1)
    return (offers[:, None] + plan.starts(length, segments.device)).clamp(max=plan.entries)


def select(scores: Tensor, allowed: Tensor, entries: int) -> Tensor:
    """int64 [E, heads, n, K]: the allowed candidates with the highest scores, in source order; P marks an empty slot.

    scores float32 [E, heads, P] (the higher place wins a tie), allowed bool [E, heads, n, P].
    """
    candidates = scores.shape[-1]
    order = candidates - 1 - scores.flip(-1).argsort(dim=-1, descending=True, stable=True)
    order = order[:, :, None].expand(allowed.shape)
    ranked = allowed.gather(-1, order)
    chosen = ranked & (ranked.cumsum(-1, dtype=torch.int32) <= entries)
    selected = torch.zeros_like(allowed).scatter_(-1, order, chosen)
    slot = torch.where(selected, selected.cumsum(-1, dtype=torch.int32) - 1, entries).long()
    index = torch.full((*allowed.shape[:3], entries + 1), candidates, device=scores.device)
    source = torch.arange(candidates, device=scores.device).expand(allowed.shape)
    return index.scatter_(-1, slot, source)[..., :entries]
