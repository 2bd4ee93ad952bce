"""The model and its bounded memory in plain PyTorch, fp32: what every engine must reproduce.

Semantics, in words. `K` memory entries, `W` window tokens, `C` chunk tokens; `W` is a multiple of `C`.

State. One key/value cache per layer, slots `0 .. length-1`, the same length in every layer:

    sink (4 tokens) | memory (at most K entries) | live (everything after it)

A token's position is its slot: keys are stored rotated to their slot, a query is rotated to the slot its own token takes.
Each slot also holds, per layer and KV head, the entry's score and its source index. Within the memory every KV head of
every layer holds its own choice of tokens; in the sink and the live part all hold the same token.

Forward. T tokens take slots `length .. length+T-1`. Token i attends to every slot before it and to itself. Its score is
`u = W2 silu(W1 x + b1) + b2`, x = the attention-normed hidden state (the input of q, k, v); all of it fp32. A score is
computed once and never changes. Source indices count the tokens of the document (its first token is 0); sink tokens have
none and never compete.

Compaction(evicted, keep). Per layer and KV head, the entries of the memory and the evicted slots form one set; the `keep`
entries with the highest scores stay (all, if there are fewer), the higher source index winning a tie. They are laid out in
ascending source order from slot 4 on. What lay between memory and evicted slots (the pinned part) follows, then what lay
behind the evicted slots; order kept, keys rotated to their new slots, values untouched.

Streaming (the open file's older tokens; whole files). Sink first, then the text in chunks of C counted from the text's
first token; only the last chunk may be shorter. After each chunk, if the live part holds at least W + C tokens, its oldest
C tokens are evicted into the memory. So the live part holds fewer than W + C tokens between chunks, and the state never
more than 4 + K + W + C. A stream resumed from a checkpoint at a chunk boundary equals one run from the start.

Request (fill in the middle, suffix in front). With a prefix of n tokens and a suffix:

    streamed = C * floor(max(0, n - W) / C)       the first tokens of the prefix, whole chunks only
    live     = <|fim_prefix|> <|fim_suffix|> suffix <|fim_middle|> prefix[streamed:]        W .. W+C-1 prefix tokens if n >= W

The first `streamed` tokens run as a stream in a state of their own. Then everything that state holds behind the sink
(memory and window alike) competes: per layer and KV head the best K stay. A fresh state gets sink (forwarded), these
entries (keys rotated from their old slots to slots 4..), then the live part, forwarded in chunks of C without compaction.
The markers and the suffix are pinned: they take no source index and never compete. Generated tokens continue the prefix
and its source indices. Whenever a decoded or typed token brings the prefix tokens in the live part to W + C, the oldest C
of them are evicted (before the next token is read); markers and suffix are what lies between memory and evicted slots.
Without fill in the middle (plain text) the live part is `prefix[streamed:]` alone.

Encoding. A segment (at most 1,020 tokens) is read alone behind the sink; the best 256 entries per layer and KV head are kept,
keys turned back to position 0, sources counted from the segment's first token (`memories.py`).

Recall: what the memory knows beside the open file's older text. When the stream's state has become a memory of K entries,
segment i of n joins it with its prior added to its scores and its sources moved by 1,020 (i - n), so that all lie below 0;
the best K of the union stay. One after the other or all at once is the same. Its order, in source order, is one for the engine
(`recallOf` in src/engine/recall) and for training (`EpisodeSource.fit` in episodes.py):

    retrieved segments, the best last | segments of the open file behind the suffix | its older text | live part

The retrieved segments of other files stand so that the better one is closer to the text (and wins a tie); the segment of
rank r, 0 the best, has the prior -0.6 log2(1 + r). The open file's segments behind the suffix stand in the file's order; they
and the older text (a stream in the engine; in training streamed or as segments, in the file's order) have the prior 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .manifest import Pack
from .memories import STORED, Memory, recall
from .transformer import Layer, feedForwardInner, queryKeyValue, rmsNorm, rotary, rotate

NO_SOURCE = -(2**31)
"""The source index of pinned tokens, which never compete; recalled segments have sources below 0."""


@dataclass(frozen=True)
class Bounds:
    entries: int
    """K"""
    window: int
    """W, a multiple of C"""
    chunk: int
    """C"""


@dataclass
class State:
    """layers L, KV heads H, slots in use S."""

    keys: Tensor  # [L, H, S, headDim], rotated to their slots
    values: Tensor  # [L, H, S, headDim]
    scores: Tensor  # [L, H, S]
    sources: Tensor  # [L, H, S], int64
    memory: int = 0  # entries in the memory: slots sink .. sink + memory - 1

    @property
    def length(self) -> int:
        return self.keys.shape[2]

    def select(self, index: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Keys, values, scores and sources of slots `index` [L, H, n]."""
        wide = index[..., None].expand(-1, -1, -1, self.keys.shape[-1])
        return self.keys.gather(2, wide), self.values.gather(2, wide), self.scores.gather(2, index), self.sources.gather(2, index)


class Reference:
    def __init__(self, pack: Pack) -> None:
        self.geometry = pack.geometry
        self.sink: list[int] = pack.manifest["sinkTokens"]
        self.special: dict[str, int] = pack.manifest["specialTokens"]
        self.table = pack.tensor("embedding.weight")  # [vocabulary, width]: embedding and head
        self.finalNorm = pack.tensor("finalNorm.weight")
        self.layers = [pack.layer(index) for index in range(self.geometry.layers)]

    def emptyState(self) -> State:
        g = self.geometry
        shape = (g.layers, g.keyValueHeads, 0)
        empty = torch.empty(*shape, g.headDim)
        return State(empty, empty, torch.empty(shape), torch.empty(shape, dtype=torch.int64))

    def score(self, x: Tensor, layer: Layer) -> Tensor:
        """Normed x [T, width] -> [H, T]."""
        if self.geometry.scorerHidden:
            x = F.silu(F.linear(x, layer["scorer.hidden.weight"], layer["scorer.hidden.bias"]))
        return F.linear(x, layer["scorer.output.weight"], layer["scorer.output.bias"]).T

    @torch.no_grad()
    def forward(self, state: State, tokens: list[int], source: int | None) -> Tensor:
        """Appends `tokens` to the state (source indices from `source`; None = pinned).

        Returns the hidden states in front of the head, [T, width].
        """
        g, epsilon, start = self.geometry, self.geometry.rmsNormEpsilon, state.length
        positions = torch.arange(start, start + len(tokens))
        cos, sin = rotary(positions, g)
        seen = torch.arange(start + len(tokens)) <= positions[:, None]  # [T, S + T]
        stream = self.table[tokens]  # [T, width]
        added: list[tuple[Tensor, Tensor, Tensor]] = []
        for index, layer in enumerate(self.layers):
            x = rmsNorm(stream, layer["attentionNorm.weight"], epsilon)
            q, k, v = queryKeyValue(x, layer, g)  # [heads, T, headDim]
            q, k = rotate(q, cos, sin), rotate(k, cos, sin)
            added.append((k, v, self.score(x, layer)))
            keys, values = torch.cat((state.keys[index], k), 1), torch.cat((state.values[index], v), 1)  # [H, S + T, headDim]
            mixed = F.scaled_dot_product_attention(q[None], keys[None], values[None], attn_mask=seen, enable_gqa=True)[0]
            stream = stream + F.linear(mixed.transpose(0, 1).flatten(1), layer["attention.output.weight"])
            x = rmsNorm(stream, layer["feedForwardNorm.weight"], epsilon)
            stream = stream + F.linear(feedForwardInner(x, layer), layer["feedForward.down.weight"])
        keys, values, scores = (torch.stack(parts) for parts in zip(*added, strict=True))
        order = torch.full_like(positions, NO_SOURCE) if source is None else torch.arange(source, source + len(tokens))
        state.keys, state.values = torch.cat((state.keys, keys), 2), torch.cat((state.values, values), 2)
        state.scores = torch.cat((state.scores, scores), 2)
        state.sources = torch.cat((state.sources, order.expand(*scores.shape[:2], -1)), 2)
        return rmsNorm(stream, self.finalNorm, epsilon)

    def logits(self, states: Tensor) -> Tensor:
        """[..., width] -> [..., vocabulary]"""
        return F.linear(states, self.table)

    def best(self, state: State, candidates: Tensor, keep: int) -> Tensor:
        """Of the slots `candidates` [n], in ascending source order, the best `keep` of each layer and head: [L, H, keep]."""
        newestFirst = candidates.flip(0)
        ranked = state.scores[:, :, newestFirst].argsort(dim=2, descending=True, stable=True)  # a tie leaves the newer in front
        return newestFirst[ranked[:, :, :keep]].sort(dim=2).values  # slots are in source order

    def rearrange(self, state: State, index: Tensor, memory: int) -> State:
        """A state of the slots `index` [L, H, n], in that order, keys rotated from their old slots to their new ones."""
        keys, values, scores, sources = state.select(index)
        cos, sin = rotary(torch.arange(index.shape[2]) - index, self.geometry)  # turning by the difference of the positions
        return State(rotate(keys, cos, sin), values, scores, sources, memory)

    def compact(self, state: State, start: int, end: int, keep: int) -> State:
        """Slots start .. end-1 compete with the memory for `keep` places; what lies between is pinned."""
        sink, behind = len(self.sink), len(self.sink) + state.memory
        heads = state.scores.shape[:2]
        slots = lambda first, last: torch.arange(first, last)  # noqa: E731
        every = lambda index: index.expand(*heads, -1)  # noqa: E731
        kept = self.best(state, torch.cat((slots(sink, behind), slots(start, end))), keep)
        order = (every(slots(0, sink)), kept, every(slots(behind, start)), every(slots(end, state.length)))
        return self.rearrange(state, torch.cat(order, 2), kept.shape[2])

    def start(self) -> State:
        """A state that holds the sink."""
        state = self.emptyState()
        self.forward(state, self.sink, None)
        return state

    def stream(self, state: State, tokens: list[int], source: int, bounds: Bounds) -> tuple[State, Tensor]:
        """Reads text in chunks; returns the new state and the hidden states [T, width] of all its tokens."""
        hidden = [torch.empty(0, self.geometry.width)]
        for first in range(0, len(tokens), bounds.chunk):
            hidden.append(self.forward(state, tokens[first : first + bounds.chunk], source + first))
            live = len(self.sink) + state.memory
            if state.length - live >= bounds.window + bounds.chunk:
                state = self.compact(state, live, live + bounds.chunk, bounds.entries)
        return state, torch.cat(hidden)

    def remember(self, tokens: list[int], bounds: Bounds) -> State:
        """Sink and memory of streamed text: all that the stream's state holds competes."""
        state, _ = self.stream(self.start(), tokens, 0, bounds)
        live = len(self.sink) + state.memory
        return self.compact(state, live, state.length, bounds.entries)

    def extract(self, state: State) -> Memory:
        """All that a state holds behind the sink, in source order, keys turned back to position 0."""
        sink = len(self.sink)
        index = torch.arange(sink, state.length).expand(*state.scores.shape[:2], -1)
        keys, values, scores, sources = state.select(index)
        cos, sin = rotary(-index, self.geometry)
        return Memory(rotate(keys, cos, sin), values, scores, sources)

    def insert(self, memory: Memory) -> State:
        """A fresh state: the sink and a memory behind it."""
        state = self.start()
        cos, sin = rotary(torch.arange(state.length, state.length + memory.count), self.geometry)
        return State(
            torch.cat((state.keys, rotate(memory.keys, cos, sin)), 2), torch.cat((state.values, memory.values), 2),
            torch.cat((state.scores, memory.scores), 2), torch.cat((state.sources, memory.sources), 2), memory.count,
        )  # fmt: skip

    def encode(self, tokens: list[int]) -> Memory:
        """A segment, read alone behind the sink."""
        state = self.start()
        self.forward(state, tokens, 0)
        return self.extract(state).best(STORED)

    def request(
        self, prefix: list[int], suffix: list[int] | None, bounds: Bounds, segments: Sequence[tuple[list[int], float]] = ()
    ) -> tuple[State, int, Tensor]:
        """Prepares a request, without generating. `suffix` None = plain text, no markers. `segments` in the order of a recall,
        each with its prior.

        Returns the state, the slot of the first prefix token in the live part, and the hidden states of the live prefix tokens.
        """
        streamed = bounds.chunk * (max(0, len(prefix) - bounds.window) // bounds.chunk)
        state = self.remember(prefix[:streamed], bounds)
        if segments:
            recalled = [(self.encode(tokens), prior) for tokens, prior in segments]
            state = self.insert(recall(recalled, self.extract(state), bounds.entries))
        s = self.special
        pinned = [] if suffix is None else [s["fimPrefix"], s["fimSuffix"], *suffix, s["fimMiddle"]]
        for first in range(0, len(pinned), bounds.chunk):
            self.forward(state, pinned[first : first + bounds.chunk], None)
        prefixSlot, hidden = state.length, [torch.empty(0, self.geometry.width)]
        for first in range(streamed, len(prefix), bounds.chunk):
            hidden.append(self.forward(state, prefix[first : first + bounds.chunk], first))
        return state, prefixSlot, torch.cat(hidden)

    def decode(self, state: State, prefixSlot: int, last: Tensor, source: int, count: int, bounds: Bounds) -> list[tuple[int, Tensor]]:
        """Greedy continuation from the last token's hidden state [width]: `count` tokens with the logits each was chosen by."""
        generated: list[tuple[int, Tensor]] = []
        while True:
            logits = self.logits(last)
            token = int(logits.argmax())
            generated.append((token, logits))
            if len(generated) == count:
                return generated
            if state.length - prefixSlot >= bounds.window + bounds.chunk:
                before = state.memory
                state = self.compact(state, prefixSlot, prefixSlot + bounds.chunk, bounds.entries)
                prefixSlot += state.memory - before
            last = self.forward(state, [token], source + len(generated) - 1)[-1]
