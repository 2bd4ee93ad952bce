"""Memories of texts that were read apart, and their merge: the algebra that src/engine/memory and kernels/merge.ts compute.

A memory holds, per layer and KV head, entries in source order: the key turned back to position 0, so that it does not depend
on where the entry stood, the value, the score and the source index. A segment's has as many entries in every layer; a request's
may have more in one layer than in another, so what follows is done layer by layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

STORED = 256
"""m: the entries of a segment that are kept, per layer and KV head."""
SEGMENT_TOKENS = 1020
"""The longest segment. Merged, each segment has a range of so many sources to itself."""


@dataclass(frozen=True)
class Memory:
    """Of one layer, or of several that hold as many entries: ... stands for KV heads, or layers and KV heads; entries n."""

    keys: Tensor  # [..., n, headDim], at position 0
    values: Tensor  # [..., n, headDim]
    scores: Tensor  # [..., n]
    sources: Tensor  # [..., n], int64, ascending

    @property
    def count(self) -> int:
        return self.scores.shape[-1]

    def select(self, index: Tensor) -> Memory:
        """The entries `index` [..., k]."""
        wide = index[..., None].expand(*index.shape, self.keys.shape[-1])
        scores, sources = self.scores.gather(-1, index), self.sources.gather(-1, index)
        return Memory(self.keys.gather(-2, wide), self.values.gather(-2, wide), scores, sources)

    def best(self, keep: int) -> Memory:
        """The `keep` entries of highest score per layer and head (all, if there are fewer), the higher source winning a tie."""
        ranked = self.scores.flip(-1).argsort(dim=-1, descending=True, stable=True)  # a tie leaves the newer in front
        return self.select((self.count - 1 - ranked[..., :keep]).sort(dim=-1).values)

    def shifted(self, sources: int, prior: float) -> Memory:
        """The same entries, all sources and all scores raised."""
        return replace(self, sources=self.sources + sources, scores=self.scores + prior)


def merge(memories: Sequence[Memory], entries: int) -> Memory:
    """The best `entries` of the union of memories whose sources differ, in source order."""
    features = [torch.cat(parts, -2) for parts in ([m.keys for m in memories], [m.values for m in memories])]
    union = Memory(*features, torch.cat([m.scores for m in memories], -1), torch.cat([m.sources for m in memories], -1))
    return union.select(union.sources.argsort(dim=-1)).best(entries)


def recall(segments: Sequence[tuple[Memory, float]], own: Memory, entries: int) -> Memory:
    """A request's memory: the open file's older text and the segments with their priors, in the order of a recall."""
    first = -SEGMENT_TOKENS * len(segments)
    shifted = [memory.shifted(first + SEGMENT_TOKENS * place, prior) for place, (memory, prior) in enumerate(segments)]
    return merge([*shifted, own], entries)
