"""Memories of texts that were read apart, and their merge: the algebra that src/engine/memory and kernels/merge.ts compute.

A memory holds, per layer and KV head, entries in source order, the number the same everywhere: the key turned back to
position 0, so that it does not depend on where the entry stood, the value, the score and the source index.
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
    """layers L, KV heads H, entries n."""

    keys: Tensor  # [L, H, n, headDim], at position 0
    values: Tensor  # [L, H, n, headDim]
    scores: Tensor  # [L, H, n]
    sources: Tensor  # [L, H, n], int64, ascending

    @property
    def count(self) -> int:
        return self.scores.shape[2]

    def select(self, index: Tensor) -> Memory:
        """The entries `index` [L, H, k]."""
        wide = index[..., None].expand(-1, -1, -1, self.keys.shape[-1])
        return Memory(self.keys.gather(2, wide), self.values.gather(2, wide), self.scores.gather(2, index), self.sources.gather(2, index))

    def best(self, keep: int) -> Memory:
        """The `keep` entries of highest score per layer and head (all, if there are fewer), the higher source winning a tie."""
        ranked = self.scores.flip(2).argsort(dim=2, descending=True, stable=True)  # a tie leaves the newer in front
        return self.select((self.count - 1 - ranked[..., :keep]).sort(dim=2).values)

    def shifted(self, sources: int, prior: float) -> Memory:
        """The same entries, all sources and all scores raised."""
        return replace(self, sources=self.sources + sources, scores=self.scores + prior)


def merge(memories: Sequence[Memory], entries: int) -> Memory:
    """The best `entries` of the union of memories whose sources differ, in source order."""
    parts = [[memory.keys, memory.values, memory.scores, memory.sources] for memory in memories]
    union = Memory(*(torch.cat(tensors, 2) for tensors in zip(*parts, strict=True)))
    return union.select(union.sources.argsort(dim=2)).best(entries)


def recall(segments: Sequence[tuple[Memory, float]], own: Memory, entries: int) -> Memory:
    """A request's memory: the open file's older text and the segments with their priors, in the order of a recall."""
    first = -SEGMENT_TOKENS * len(segments)
    shifted = [memory.shifted(first + SEGMENT_TOKENS * place, prior) for place, (memory, prior) in enumerate(segments)]
    return merge([*shifted, own], entries)
