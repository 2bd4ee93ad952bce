"""The losses. Logits of the whole vocabulary never stand in memory for more than a chunk of tokens."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function

CHUNK = 1024


def distil(
    hidden: Tensor, head: Tensor, target: Tensor, targetHead: Tensor, labels: Tensor, weights: Tensor, share: float
) -> tuple[Tensor, Tensor]:
    """One chunk: values [2] = (KL to the teacher, cross-entropy), both weighted sums, and the gradient of
    KL + share * cross-entropy with respect to hidden [n, width]. Softmax in float32.
    """
    logits, wanted = (hidden @ head.T).float(), (target @ targetHead.T).float()
    logP, logQ = wanted.log_softmax(-1), logits.log_softmax(-1)
    p, q = logP.exp(), logQ.exp()
    divergence = (p * (logP - logQ)).sum(-1)
    entropy = -logQ.gather(-1, labels[:, None])[:, 0]
    oneHot = torch.arange(q.shape[-1], device=q.device) == labels[:, None]
    slope = ((1 + share) * q - p - share * oneHot) * weights[:, None]
    return torch.stack([(divergence * weights).sum(), (entropy * weights).sum()]), slope.to(head.dtype) @ head


class Distillation(Function):
    """KL + share * cross-entropy, and both values apart. The head is frozen, so the gradient is known at once."""

    @staticmethod
    def forward(ctx, hidden, head, target, targetHead, labels, weights, share, step):  # noqa: ANN001, ANN205
        values, gradient = torch.zeros(2, device=hidden.device), torch.empty_like(hidden)
        for i in range(0, len(hidden), CHUNK):
            part = slice(i, i + CHUNK)
            value, gradient[part] = step(hidden[part], head, target[part], targetHead, labels[part], weights[part], share)
            values += value
        ctx.save_for_backward(gradient)
        return values[0] + share * values[1], values

    @staticmethod
    def backward(ctx, slope, _):  # noqa: ANN001, ANN205
        return (ctx.saved_tensors[0] * slope, *[None] * 7)


def distillation(
    hidden: Tensor, head: Tensor, target: Tensor, targetHead: Tensor, labels: Tensor, weights: Tensor, share: float,
    step: Callable = distil,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """hidden [n, width], target [n, teacher width], weights summing to 1 -> loss and (KL, cross-entropy), detached.

    `step` may be a compiled `distil`.
    """
    return Distillation.apply(hidden, head, target, targetHead, labels, weights, share, step)


@torch.no_grad()
def crossEntropy(hidden: Tensor, head: Tensor, labels: Tensor) -> Tensor:
    """float32 [n] from hidden [n, width], in chunks."""
    parts = [
        F.cross_entropy((h @ head.T).float(), y, reduction="none")
        for h, y in zip(hidden.split(CHUNK), labels.split(CHUNK), strict=True)
    ]
    return torch.cat(parts) if parts else hidden.new_zeros(0)


def importance(q: Tensor, k: Tensor, places: Tensor, scale: float) -> Tensor:
    """float32 [keys, heads]: log of the attention that queries give each key, per KV head, as a multiple of the uniform share.

    q [queries, heads * group, d] and k [keys, heads, d] rotated, of one document; `places` [queries] the queries' places in it.
    """
    heads = k.shape[1]
    grouped = q.unflatten(1, (heads, -1)).permute(1, 2, 0, 3).flatten(1, 2)  # [heads, group * queries, d]
    logits = (grouped @ k.permute(1, 2, 0)).float() * scale
    future = torch.arange(len(k), device=k.device) > places.repeat(q.shape[1] // heads)[:, None]
    mass = logits.masked_fill(future, float("-inf")).softmax(-1).mean(1)  # [heads, keys]
    return (mass * len(k) + 1e-3).log().T


def regression(scores: Tensor, logMass: Tensor, rows: Tensor) -> Tensor:
    """Mean squared error of scores [..., heads] against logMass [teacher rows, heads] where rows [...] >= 0."""
    wanted = logMass[rows.clamp(min=0)]
    known = (rows >= 0)[..., None]
    return ((scores - wanted).square() * known).sum() / (known.sum() * scores.shape[-1]).clamp(min=1)


def kept(scores: Tensor, logMass: Tensor, rows: Tensor, entries: int) -> Tensor:
    """Share of the measured attention on candidates that the `entries` best scores of each episode and head would keep.

    scores [E, P, heads], rows [E, P].
    """
    known = (rows >= 0)[..., None]
    mass = (logMass[rows.clamp(min=0)].exp() - 1e-3) * known
    best = scores.masked_fill(~known, float("-inf")).topk(min(entries, scores.shape[1]), dim=1).indices
    return mass.gather(1, best).sum(1).mean() / mass.sum(1).mean().clamp(min=1e-9)
