"""Causal attention over many independent sequences at once: flash attention on the GPU, an explicit mask elsewhere."""

from __future__ import annotations

import torch
from torch import Tensor


def attend(
    q: Tensor, k: Tensor, v: Tensor, queryBounds: Tensor, keyBounds: Tensor, longest: tuple[int, int], scale: float
) -> Tensor:
    """Sequence i has queries queryBounds[i] .. queryBounds[i+1]-1 and keys keyBounds[i] .. keyBounds[i+1]-1.

    q [queries, heads, d], k and v [keys, keyValueHeads, d] -> [queries, heads, d]. Bounds are int32; `longest` holds the
    most queries and the most keys of one sequence: what lies beyond is never computed.
    Causal, aligned at the end: the last query sees every key.
    """
    if q.is_cuda:
        forward = torch.ops.aten._flash_attention_forward
        return forward(q, k, v, queryBounds, keyBounds, longest[0], longest[1], 0.0, True, False, scale=scale)[0]
    return attendMasked(q, k, v, queryBounds, keyBounds, scale)


def attendMasked(q: Tensor, k: Tensor, v: Tensor, queryBounds: Tensor, keyBounds: Tensor, scale: float) -> Tensor:
    """The same with the whole matrix of logits in float32, for small shapes."""
    querySequence, queryPlace = sequences(queryBounds, len(q))
    keySequence, keyPlace = sequences(keyBounds, len(k))
    offset = (keyBounds.diff() - queryBounds.diff())[querySequence]
    seen = (querySequence[:, None] == keySequence) & (keyPlace <= (queryPlace + offset)[:, None])
    group = q.shape[1] // k.shape[1]
    keys, values = (x.float().repeat_interleave(group, dim=1) for x in (k, v))
    logits = torch.einsum("qhd,khd->hqk", q.float(), keys) * scale
    weights = logits.masked_fill(~seen, float("-inf")).softmax(-1)
    return torch.einsum("hqk,khd->qhd", weights, values).to(q.dtype)


def sequences(bounds: Tensor, total: int) -> tuple[Tensor, Tensor]:
    """For each of `total` tokens the sequence it is in and its place there."""
    index = torch.arange(total, device=bounds.device)
    sequence = torch.searchsorted(bounds[1:].contiguous().long(), index, right=True)
    return sequence, index - bounds.long()[sequence]
