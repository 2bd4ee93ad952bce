"""SPARSEK (arXiv 2406.16747, section 3): a differentiable top-k.

    SPARSEK(z, k) = argmin over p in {0 <= p <= 1, sum p = k} of ||p - z||^2  =  clip(z - tau, 0, 1)

Scores of -inf stand for entries that may not be chosen. Everything here is float32: bf16 flips entries of the top k.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd import Function

BISECTIONS = 20


def threshold(scores: Tensor, k: int, kth: Tensor | None = None) -> Tensor:
    """tau [..., 1] for scores [..., n] and k <= n.

    tau lies in [z_(k) - 1, z_(k)], a bracket of width one whatever the scores are: above it fewer than k entries are
    positive, below it the first k are all 1. Bisection finds the pieces (which entries are 0, between, 1); the closed form
    tau = (sum of the z between + #{p = 1} - k) / #{0 < p < 1} is then exact. `kth` = z_(k) [..., 1], when it is known.
    """
    if kth is None:
        kth = scores.topk(k, dim=-1).values[..., -1:]
    low, high = kth - 1, kth.clone()
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        tooMany = (scores - middle).clamp(0, 1).sum(-1, keepdim=True) > k
        low, high = torch.where(tooMany, middle, low), torch.where(tooMany, high, middle)
    tau = (low + high) / 2
    between = (scores > tau) & (scores < tau + 1)
    count = between.sum(-1, keepdim=True)
    ones = (scores >= tau + 1).sum(-1, keepdim=True)
    exact = (scores.where(between, torch.zeros_like(scores)).sum(-1, keepdim=True) + ones - k) / count.clamp(min=1)
    return torch.where(count > 0, exact, tau)


class SparseK(Function):
    """p [..., n] from scores [..., n]. Backward: J = diag(s) - s s^T / (1^T s), s = 1[0 < p < 1] (section 3.3)."""

    @staticmethod
    def forward(ctx, scores: Tensor, k: int, kth: Tensor | None) -> Tensor:  # type: ignore[override]
        p = (scores - threshold(scores, k, kth)).clamp(0, 1)
        ctx.save_for_backward((p > 0) & (p < 1))
        return p

    @staticmethod
    def backward(ctx, gradient: Tensor):  # type: ignore[override]
        (support,) = ctx.saved_tensors
        gradient = gradient * support
        mean = gradient.sum(-1, keepdim=True) / support.sum(-1, keepdim=True).clamp(min=1)
        return gradient - mean * support, None, None


def sparsek(scores: Tensor, k: int, kth: Tensor | None = None) -> Tensor:
    return SparseK.apply(scores, k, kth)


def straightThroughBias(scores: Tensor, k: int, kth: Tensor | None = None) -> Tensor:
    """[..., n]: zero, with SPARSEK's gradient. Added to the attention logits of the hard-selected keys.

    A bias on the logit, not a factor on the output, is the right carrier: removing a key renormalises the softmax.
    """
    p = sparsek(scores, k, kth)
    return p - p.detach()
