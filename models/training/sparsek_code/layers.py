"""The parts of a layer on either side of attention, as functions that compile into few kernels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .geometry import Geometry


def normed(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """RMS norm, in float32."""
    y = x.float()
    return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + epsilon)).to(x.dtype) * weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding, half split: x [..., heads, d], cos and sin [..., d / 2]."""
    a, b = x.float().chunk(2, -1)
    cos, sin = cos.unsqueeze(-2), sin.unsqueeze(-2)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def project(
    x: Tensor,
    norm: Tensor,
    weight: Tensor,
    bias: Tensor,
    cos: Tensor,
    sin: Tensor,
    scorer: tuple[Tensor, ...] | None,
    geometry: Geometry,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor | None]:
    """x [N, width] -> rotated queries, keys, rotated keys, values [N, heads, d] and scores float32 [N, heads] (or None)."""
    hidden = normed(x, norm, geometry.rmsNormEpsilon)
    q, k, v = F.linear(hidden, weight, bias).split([geometry.queryWidth, geometry.keyValueWidth, geometry.keyValueWidth], -1)
    q, k, v = (y.unflatten(-1, (-1, geometry.headDim)) for y in (q, k, v))
    scores = None
    if scorer is not None:
        # The scorer reads the hidden state and does not bend it.
        u = hidden.detach().float()
        if len(scorer) == 4:
            u = F.silu(F.linear(u, scorer[0], scorer[1]))
        scores = F.linear(u, scorer[-2], scorer[-1])
    return rotate(q, cos, sin), k, rotate(k, cos, sin), v, scores


def finish(x: Tensor, attention: Tensor, output: Tensor, norm: Tensor, gateUp: Tensor, down: Tensor, epsilon: float) -> Tensor:
    """The rest of a layer: attention's output matrix and the gated feed-forward, both added to x [N, width]."""
    x = x + F.linear(attention, output)
    gate, up = F.linear(normed(x, norm, epsilon), gateUp).chunk(2, -1)
    return x + F.linear(F.silu(gate) * up, down)
