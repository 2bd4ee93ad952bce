"""The parts of a Qwen2 layer as functions. T tokens, `width` = 896 and so on come from the geometry."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .geometry import Geometry

Layer = dict[str, Tensor]
"""A layer's tensors by the pack's names, without `layers.N.` in front."""

WINDOWS_AT_ONCE = 4
"""Windows in one batch when whole corpora run through a layer: bounds the memory that the inner activations take."""


def rmsNorm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """[..., width] -> the same; computed in float32."""
    x = x.float()
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * weight


def rotary(positions: Tensor, geometry: Geometry) -> tuple[Tensor, Tensor]:
    """cos and sin [T, headDim / 2] of positions [T] (any integers), computed in float64."""
    half = geometry.headDim // 2
    frequency = geometry.ropeTheta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = positions.double()[..., None] * frequency
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns the pair (i, i + headDim/2) of x [..., headDim] by an angle; cos and sin broadcast to [..., headDim / 2]."""
    a, b = x.float().chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


def queryKeyValue(x: Tensor, layer: Layer, geometry: Geometry) -> tuple[Tensor, Tensor, Tensor]:
    """Normed x [..., T, width] -> unrotated q [..., queryHeads, T, headDim], k and v [..., keyValueHeads, T, headDim]."""
    weight = layer["attention.queryKeyValue.weight"]
    joined = F.linear(x.to(weight.dtype), weight).float() + layer["attention.queryKeyValue.bias"]
    heads = joined.unflatten(-1, (-1, geometry.headDim)).transpose(-2, -3)
    return heads.split((geometry.queryHeads, geometry.keyValueHeads, geometry.keyValueHeads), dim=-3)


def feedForwardInner(x: Tensor, layer: Layer) -> Tensor:
    """Normed x [..., width] -> the input of the down projection [..., feedForwardWidth]."""
    x = x.to(layer["feedForward.gate.weight"].dtype)
    return F.silu(F.linear(x, layer["feedForward.gate.weight"])) * F.linear(x, layer["feedForward.up.weight"])


def attentionInner(x: Tensor, layer: Layer, geometry: Geometry, cos: Tensor, sin: Tensor) -> Tensor:
    """Causal attention within each window: normed x [windows, T, width] -> input of the output projection, same shape."""
    q, k, v = queryKeyValue(x, layer, geometry)
    q, k = rotate(q, cos, sin), rotate(k, cos, sin)
    dtype = layer["attention.queryKeyValue.weight"].dtype
    mixed = F.scaled_dot_product_attention(q.to(dtype), k.to(dtype), v.to(dtype), is_causal=True, enable_gqa=True)
    return mixed.transpose(-2, -3).flatten(-2)


def cast(layer: Layer, dtype: torch.dtype) -> Layer:
    """Matrices in `dtype`; norms and biases stay float32."""
    return {name: tensor.to(dtype) if tensor.ndim == 2 else tensor for name, tensor in layer.items()}


def linear(x: Tensor, weight: Tensor) -> Tensor:
    """x W^T in the weight's dtype, returned as float32."""
    return F.linear(x.to(weight.dtype), weight).float()


@torch.no_grad()
def finalStates(
    tokens: Tensor, table: Tensor, layerOf: Callable[[int], Layer], finalNorm: Tensor, geometry: Geometry, dtype: torch.dtype
) -> Tensor:
    """Hidden states in front of the head: tokens [windows, T] -> [windows, T, width], full causal attention, a layer at a time."""
    cos, sin = rotary(torch.arange(tokens.shape[1]), geometry)
    stream = table[tokens]
    for index in range(geometry.layers):
        layer = cast(layerOf(index), dtype)
        for start in range(0, len(tokens), WINDOWS_AT_ONCE):
            x = stream[start : start + WINDOWS_AT_ONCE]  # a view: the stream itself moves
            normed = rmsNorm(x, layer["attentionNorm.weight"], geometry.rmsNormEpsilon)
            x += linear(attentionInner(normed, layer, geometry, cos, sin), layer["attention.output.weight"])
            normed = rmsNorm(x, layer["feedForwardNorm.weight"], geometry.rmsNormEpsilon)
            x += linear(feedForwardInner(normed, layer), layer["feedForward.down.weight"])
    return rmsNorm(stream, finalNorm, geometry.rmsNormEpsilon)
