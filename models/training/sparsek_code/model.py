"""The base with SparseK memory: independent documents (`readDocuments`) and live texts behind a memory (`readLive`).

Shapes: N tokens of all sequences in one flat stream, E episodes, T live tokens, n chunks of C, K memory entries, P candidates.
bf16 on the GPU; scores float32. Adapters are merged into the attention matrices before use: no thin products over N tokens.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import memory
from .adapters import Adapters
from .attention import attend, sequences
from .frame import UNSEEN, Context, Entries, Frame, windows
from .layers import finish, normed, project, rotate
from .memory import Plan
from .sparsek import straightThroughBias
from .weights import BaseWeights

BIAS_FEATURES = 8
"""Flash attention takes head sizes that are multiples of 8; the bias on a logit rides in the first of 8 extra features."""


class Model(nn.Module):
    def __init__(self, base: BaseWeights, adapters: Adapters, fused: bool = False) -> None:
        """`fused` compiles the parts of a layer on either side of attention; stream lengths may vary."""
        super().__init__()
        self.base, self.adapters, self.geometry = base, adapters, base.geometry
        self.scale, self.epsilon, self.fused = base.geometry.headDim**-0.5, base.geometry.rmsNormEpsilon, fused
        self.project = torch.compile(project, dynamic=True) if fused else project
        self.finish = torch.compile(finish, dynamic=True) if fused else finish

    def embed(self, tokens: Tensor) -> Tensor:
        """[N, width]. Nothing before the first layer is trained, but a gradient asked for lets one compiled layer serve all."""
        x = F.embedding(tokens, self.base.embedding)
        return x.requires_grad_() if torch.is_grad_enabled() and self.adapters.up.requires_grad else x

    def adapted(self, layer: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, ...]]:
        """The layer's updated q|k|v and output matrices, and its scorer."""
        weights = self.base.layers[layer]
        return self.adapters.merge(layer, weights.queryKeyValue, weights.output), self.adapters.scorer(layer)

    def rotation(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """cos and sin, float32 [..., headDim / 2]. Negative positions are fine: only differences matter."""
        half = self.geometry.headDim // 2
        inverse = self.geometry.ropeTheta ** (-torch.arange(half, device=positions.device, dtype=torch.float32) / half)
        angles = positions[..., None].float() * inverse
        return angles.cos(), angles.sin()

    def readDocuments(
        self, tokens: Tensor, bounds: Tensor, longest: int, adapted: bool = True, hidden: bool = False,
        observe: Callable[[int, Tensor, Tensor], None] | None = None,
    ) -> tuple[Tensor | None, list[Entries]]:  # fmt: skip
        """Every document alone, from position 0, full causal attention inside it.

        tokens [N], bounds int32 [documents + 1] covering all N. `adapted` False = the base itself, which has no scores.
        `observe` gets each layer's rotated queries and keys. Returns the normed last hidden state [N, width] if asked for.
        """
        cos, sin = self.rotation(sequences(bounds, len(tokens))[1])
        x, layers = self.embed(tokens), []
        for index, weights in enumerate(self.base.layers):
            merged, scorer = self.adapted(index) if adapted else ((weights.queryKeyValue, weights.output), None)
            q, keys, rotated, values, scores = self.project(
                x, weights.attentionNorm, merged[0], weights.bias, cos, sin, scorer, self.geometry
            )
            if adapted:
                layers.append(Entries(keys, values, scores))
            if observe:
                observe(index, q, rotated)
            if not hidden and index == self.geometry.layers - 1:
                return None, layers
            attention = attend(q, rotated, values, bounds, bounds, (longest, longest), self.scale).flatten(1)
            x = self.finish(
                x, attention, merged[1], weights.feedForwardNorm, weights.gateUp, weights.down, self.geometry.rmsNormEpsilon
            )
        return normed(x, self.base.finalNorm, self.epsilon), layers

    def readLive(self, live: Tensor, context: Context, plan: Plan) -> tuple[Tensor, list[Tensor]]:
        """Live texts [E, T] behind sink and memory. Returns hidden [E, T, width] (normed) and scores [E, T, heads] a layer.

        A token's slot is 4 + (entries held) + (place behind the window's start). Only differences of slots matter, so here
        live tokens keep their place in the text for all chunks, and it is sink and memory that move: the memory's last
        slot stands one before the window's first token.
        """
        episodes, length = live.shape
        places = torch.arange(length, device=live.device)
        cos, sin = (x.repeat(episodes, 1) for x in self.rotation(places))
        plans = [plan.at(layer) for layer in range(self.geometry.layers)]
        frames = {p: Frame.of(context, length, p, self.geometry.keyValueHeads, self.rotation) for p in set(plans)}
        x, layers = self.embed(live.flatten()), []
        for index, weights in enumerate(self.base.layers):
            plan = plans[index]
            merged, scorer = self.adapted(index)
            q, keys, rotated, values, scores = self.project(
                x, weights.attentionNorm, merged[0], weights.bias, cos, sin, scorer, self.geometry
            )
            layers.append(scores.unflatten(0, (episodes, length)))
            here = Entries(keys, values, scores)
            attention = self.attendLive(index, q, rotated, here, context, plan, frames[plan])
            x = self.finish(
                x, attention, merged[1], weights.feedForwardNorm, weights.gateUp, weights.down, self.geometry.rmsNormEpsilon
            )
        return normed(x, self.base.finalNorm, self.epsilon).unflatten(0, (episodes, length)), layers

    def attendLive(
        self, layer: int, q: Tensor, rotated: Tensor, here: Entries, context: Context, plan: Plan, frame: Frame
    ) -> Tensor:
        """[E * T, queryWidth]: each chunk of each live text over sink | memory | window and itself."""
        heads, d, (episodes, chunks) = self.geometry.keyValueHeads, self.geometry.headDim, frame.held.shape
        before = context.layers[layer]

        # Candidates: the context's tokens, then the text's own. Their scores carry the context's prior.
        join = lambda a, b: torch.cat([a[4:].unflatten(0, (episodes, -1)), b.unflatten(0, (episodes, -1))], 1)  # noqa: E731
        scores = join(before.scores, here.scores).transpose(1, 2)  # [E, heads, P]
        if context.overrides:
            scores = context.overrides[layer]
        offers = memory.offered(scores[..., : context.size].detach(), context.segments, plan.stored)
        scores = scores + F.pad(context.prior, (0, scores.shape[-1] - context.size))[:, None]
        allowed = memory.eligible(offers, rotated.shape[0] // episodes, plan)
        index = memory.select(scores.detach(), allowed, plan.entries)  # [E, heads, n, K]
        bias = self.memoryBias(scores, allowed, index, plan)  # [E, heads, n, K]

        # Keys and values of the memory, one gather each: row (e * (P + 1) + candidate) * heads + head; candidate P is zeros.
        rows = (torch.arange(episodes, device=q.device).view(-1, 1, 1, 1) * (scores.shape[-1] + 1) + index) * heads
        rows = (rows + torch.arange(heads, device=q.device).view(1, -1, 1, 1)).permute(0, 2, 3, 1)  # [E, n, K, heads]
        pick = lambda x: F.embedding(rows, F.pad(x, (0, 0, 0, 0, 0, 1)).view(-1, d))  # noqa: E731
        remembered = rotate(pick(join(before.keys, here.keys)), *frame.memory)
        sink = rotate(before.keys[:4].expand(episodes, chunks, 4, heads, d), *frame.sink)

        keys = torch.cat([sink, remembered, windows(rotated, episodes, plan)], 2)  # [E, n, 4 + K + W + C, heads, d]
        biases = torch.cat([frame.sinkBias, bias.permute(0, 2, 3, 1), frame.windowBias], 2).to(keys.dtype)
        keys = torch.cat([keys, F.pad(biases[..., None], (0, BIAS_FEATURES - 1))], -1)
        sinkValues = before.values[:4].expand(episodes, chunks, 4, heads, d)
        values = torch.cat([sinkValues, pick(join(before.values, here.values)), windows(here.values, episodes, plan)], 2)
        values = F.pad(values, (0, BIAS_FEATURES))
        query = torch.cat([q, q.new_full((*q.shape[:2], 1), self.scale**-1), q.new_zeros(*q.shape[:2], BIAS_FEATURES - 1)], -1)
        longest = (plan.chunk, keys.shape[2])
        result = attend(
            query, keys.flatten(0, 2), values.flatten(0, 2), frame.queryBounds, frame.keyBounds, longest, self.scale
        )
        return result[..., :d].flatten(1)

    def memoryBias(self, scores: Tensor, allowed: Tensor, index: Tensor, plan: Plan) -> Tensor:
        """[E, heads, n, K]: zero with SPARSEK's gradient on the memory's entries, UNSEEN on empty slots."""
        empty = index == scores.shape[-1]
        if not torch.is_grad_enabled() or plan.entries == 0:
            return torch.where(empty, UNSEEN, 0.0)
        competing = scores[:, :, None].where(allowed, memory.NEVER)
        place = index.clamp(max=scores.shape[-1] - 1)
        kth = competing.detach().gather(-1, place).where(~empty, torch.inf).amin(-1, keepdim=True)
        kth = kth.where(kth.isfinite(), 0)  # an empty memory
        return straightThroughBias(competing, plan.entries, kth).gather(-1, place).where(~empty, UNSEEN)
