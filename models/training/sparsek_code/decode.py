"""Greedy text behind many prompts at once: full attention, keys and values kept."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .layers import finish, normed, project
from .model import Model


@torch.no_grad()
def write(model: Model, prompts: list[list[int]], ends: set[int], most: int) -> list[list[int]]:
    """At most `most` tokens behind each prompt, the ending one included where the text ends by itself."""
    device, g = model.base.embedding.device, model.geometry
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=device)
    hidden, caches = readPrompts(model, prompts, lengths, most)
    rows, stops = torch.arange(len(prompts), device=device), torch.tensor(sorted(ends), device=device)
    written, ended = [], torch.zeros(len(prompts), dtype=torch.bool, device=device)
    weights = [(model.adapted(i)[0], layer) for i, layer in enumerate(model.base.layers)]
    slots = torch.arange(caches[0][0].shape[1], device=device)
    for step in range(most):
        token = (hidden @ model.base.embedding.T).argmax(-1)
        written.append(token.where(~ended, stops[0]))
        ended |= torch.isin(token, stops)
        if step + 1 == most or (step % 8 == 0 and bool(ended.all())):
            break
        place = lengths + step
        cos, sin = model.rotation(place)
        seen = (slots <= place[:, None])[:, None, None]
        x = F.embedding(token, model.base.embedding)
        for ((queryKeyValue, output), layer), (keys, values) in zip(weights, caches, strict=True):
            q, _, k, v, _ = project(x, layer.attentionNorm, queryKeyValue, layer.bias, cos, sin, None, g)
            keys[rows, place], values[rows, place] = k, v
            attention = F.scaled_dot_product_attention(
                q[:, :, None], keys.transpose(1, 2), values.transpose(1, 2), seen, scale=model.scale, enable_gqa=True
            )
            x = finish(x, attention.flatten(1), output, layer.feedForwardNorm, layer.gateUp, layer.down, g.rmsNormEpsilon)
        hidden = normed(x, model.base.finalNorm, model.epsilon)
    return [cutBehind(row, ends) for row in torch.stack(written, 1).tolist()]


def readPrompts(model: Model, prompts: list[list[int]], lengths: Tensor, most: int) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """The last hidden state of each prompt, and a layer's rotated keys and values [prompts, longest + most, heads, d]."""
    device, longest = lengths.device, int(lengths.max())
    bounds = F.pad(lengths.cumsum(0), (1, 0)).int()
    tokens = torch.tensor([token for prompt in prompts for token in prompt], device=device)
    rotated: list[Tensor] = []
    hidden, layers = model.readDocuments(tokens, bounds, longest, hidden=True, observe=lambda _i, _q, k: rotated.append(k))
    assert hidden is not None
    inside = torch.arange(longest + most, device=device) < lengths[:, None]

    def spread(x: Tensor) -> Tensor:
        room = x.new_zeros(*inside.shape, *x.shape[1:])
        room[inside] = x
        return room

    caches = [(spread(keys), spread(layer.values)) for keys, layer in zip(rotated, layers, strict=True)]
    return hidden[bounds[1:].long() - 1], caches


def cutBehind(tokens: list[int], ends: set[int]) -> list[int]:
    end = next((i for i, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: end + 1]
