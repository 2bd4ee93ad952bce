"""The model and its bounded memory in plain PyTorch, fp32: what every engine must reproduce.

Semantics, in words. `K` memory entries, `W` window tokens, `C` chunk tokens; `W` is a multiple of `C`.

State. One key/value cache per layer, slots `0 .. length-1`:

    sink (4 tokens) | memory (at most K entries) | live (everything after it)

A pack may give each layer a share of K (`memory.layerShares` in its manifest; without it every share is 1): K of a layer is K
times its share, rounded (`entriesAt` in memory.py). So lengths may differ from layer to layer, by what the memory holds; sink
and live part are the same tokens in all. All that follows is done in each layer with its own K, slots and length.

A token's position in a layer is its slot there: keys are stored rotated to their slot, a query is rotated to the slot its own
token takes. Each slot also holds, per layer and KV head, the entry's score and its source index. Within the memory every KV
head of every layer holds its own choice of tokens; in the sink and the live part all hold the same token.

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
C tokens are evicted into the memory. So the live part holds fewer than W + C tokens between chunks, and a layer never
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
from .memory import entriesAt
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
    """One layer's cache: KV heads H, slots in use S."""

    keys: Tensor  # [H, S, headDim], rotated to their slots
    values: Tensor  # [H, S, headDim]
    scores: Tensor  # [H, S]
    sources: Tensor  # [H, S], int64
    memory: int = 0  # entries in the memory: slots sink .. sink + memory - 1

    @property
    def length(self) -> int:
        return self.keys.shape[1]

    def select(self, index: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Keys, values, scores and sources of slots `index` [H, n]."""
        wide = index[..., None].expand(-1, -1, self.keys.shape[-1])
        return self.keys.gather(1, wide), self.values.gather(1, wide), self.scores.gather(1, index), self.sources.gather(1, index)

    def append(self, keys: Tensor, values: Tensor, scores: Tensor, sources: Tensor) -> None:
        self.keys, self.values = torch.cat((self.keys, keys), 1), torch.cat((self.values, values), 1)
        self.scores, self.sources = torch.cat((self.scores, scores), 1), torch.cat((self.sources, sources), 1)


States = list[State]
"""What a model holds: a state a layer."""


class Reference:
    def __init__(self, pack: Pack, layerShares: Sequence[float] = ()) -> None:
        """`layerShares` in place of the pack's; empty: as the pack has them."""
        self.geometry = pack.geometry
        self.sink: list[int] = pack.manifest["sinkTokens"]
        self.special: dict[str, int] = pack.manifest["specialTokens"]
        self.table = pack.tensor("embedding.weight")  # [vocabulary, width]: embedding and head
        self.finalNorm = pack.tensor("finalNorm.weight")
        self.layers = [pack.layer(index) for index in range(self.geometry.layers)]
        self.shares = tuple(layerShares) or pack.layerShares or (1.0,) * self.geometry.layers

    def entries(self, bounds: Bounds) -> list[int]:
        """K of each layer."""
        return [entriesAt(bounds.entries, share) for share in self.shares]

    def emptyStates(self) -> States:
        heads, width = self.geometry.keyValueHeads, self.geometry.headDim
        empty = torch.empty(heads, 0, width)
        return [State(empty, empty, torch.empty(heads, 0), torch.empty(heads, 0, dtype=torch.int64)) for _ in self.layers]

    def score(self, x: Tensor, layer: Layer) -> Tensor:
        """Normed x [T, width] -> [H, T]."""
        if self.geometry.scorerHidden:
            x = F.silu(F.linear(x, layer["scorer.hidden.weight"], layer["scorer.hidden.bias"]))
        return F.linear(x, layer["scorer.output.weight"], layer["scorer.output.bias"]).T

    @torch.no_grad()
    def forward(self, states: States, tokens: list[int], source: int | None) -> Tensor:
        """Appends `tokens` to the states (source indices from `source`; None = pinned).

        Returns the hidden states in front of the head, [T, width].
        """
        g, epsilon, count = self.geometry, self.geometry.rmsNormEpsilon, len(tokens)
        order = torch.full((count,), NO_SOURCE) if source is None else torch.arange(source, source + count)
        stream = self.table[tokens]  # [T, width]
        for state, layer in zip(states, self.layers, strict=True):
            positions = torch.arange(state.length, state.length + count)
            cos, sin = rotary(positions, g)
            seen = torch.arange(state.length + count) <= positions[:, None]  # [T, S + T]
            x = rmsNorm(stream, layer["attentionNorm.weight"], epsilon)
            q, k, v = queryKeyValue(x, layer, g)  # [heads, T, headDim]
            state.append(rotate(k, cos, sin), v, self.score(x, layer), order.expand(g.keyValueHeads, -1))
            q, keys, values = rotate(q, cos, sin), state.keys, state.values
            mixed = F.scaled_dot_product_attention(q[None], keys[None], values[None], attn_mask=seen, enable_gqa=True)[0]
            stream = stream + F.linear(mixed.transpose(0, 1).flatten(1), layer["attention.output.weight"])
            x = rmsNorm(stream, layer["feedForwardNorm.weight"], epsilon)
            stream = stream + F.linear(feedForwardInner(x, layer), layer["feedForward.down.weight"])
        return rmsNorm(stream, self.finalNorm, epsilon)

    def logits(self, states: Tensor) -> Tensor:
        """[..., width] -> [..., vocabulary]"""
        return F.linear(states, self.table)

    def best(self, state: State, candidates: Tensor, keep: int) -> Tensor:
        """Of the slots `candidates` [n], in ascending source order, the best `keep` of each head: [H, keep]."""
        newestFirst = candidates.flip(0)
        ranked = state.scores[:, newestFirst].argsort(dim=1, descending=True, stable=True)  # a tie leaves the newer in front
        return newestFirst[ranked[:, :keep]].sort(dim=1).values  # slots are in source order

    def rearrange(self, state: State, index: Tensor, memory: int) -> State:
        """A state of the slots `index` [H, n], in that order, keys rotated from their old slots to their new ones."""
        keys, values, scores, sources = state.select(index)
        cos, sin = rotary(torch.arange(index.shape[1]) - index, self.geometry)  # turning by the difference of the positions
        return State(rotate(keys, cos, sin), values, scores, sources, memory)

    def compact(self, state: State, start: int, end: int, keep: int) -> State:
        """Slots start .. end-1 compete with the memory for `keep` places; what lies between is pinned."""
        sink, behind = len(self.sink), len(self.sink) + state.memory
        slots = lambda first, last: torch.arange(first, last)  # noqa: E731
        every = lambda index: index.expand(len(state.scores), -1)  # noqa: E731
        kept = self.best(state, torch.cat((slots(sink, behind), slots(start, end))), keep)
        order = (every(slots(0, sink)), kept, every(slots(behind, start)), every(slots(end, state.length)))
        return self.rearrange(state, torch.cat(order, 1), kept.shape[1])

    def evict(self, states: States, pinned: int, count: int | None, bounds: Bounds) -> States:
        """In every layer the first `count` slots (None: all) behind memory and `pinned` ones compete for the layer's K places."""
        moved = []
        for state, keep in zip(states, self.entries(bounds), strict=True):
            start = len(self.sink) + state.memory + pinned
            moved.append(self.compact(state, start, state.length if count is None else start + count, keep))
        return moved

    def liveTokens(self, states: States) -> int:
        """Slots behind the memory, in every layer the same number."""
        return states[0].length - len(self.sink) - states[0].memory

    def start(self) -> States:
        """States that hold the sink."""
        states = self.emptyStates()
        self.forward(states, self.sink, None)
        return states

    def stream(self, states: States, tokens: list[int], source: int, bounds: Bounds) -> tuple[States, Tensor]:
        """Reads text in chunks; returns the new states and the hidden states [T, width] of all its tokens."""
        hidden = [torch.empty(0, self.geometry.width)]
        for first in range(0, len(tokens), bounds.chunk):
            hidden.append(self.forward(states, tokens[first : first + bounds.chunk], source + first))
            if self.liveTokens(states) >= bounds.window + bounds.chunk:
                states = self.evict(states, 0, bounds.chunk, bounds)
        return states, torch.cat(hidden)

    def remember(self, tokens: list[int], bounds: Bounds) -> States:
        """Sink and memory of streamed text: all that the stream's states hold competes."""
        states, _ = self.stream(self.start(), tokens, 0, bounds)
        return self.evict(states, 0, None, bounds)

    def extract(self, states: States) -> list[Memory]:
        """All that each layer holds behind the sink, in source order, keys turned back to position 0."""
        memories = []
        for state in states:
            index = torch.arange(len(self.sink), state.length).expand(len(state.scores), -1)
            keys, values, scores, sources = state.select(index)
            cos, sin = rotary(-index, self.geometry)
            memories.append(Memory(rotate(keys, cos, sin), values, scores, sources))
        return memories

    def insert(self, memories: Sequence[Memory]) -> States:
        """Fresh states: the sink and each layer's memory behind it."""
        states = self.start()
        for state, memory in zip(states, memories, strict=True):
            cos, sin = rotary(torch.arange(state.length, state.length + memory.count), self.geometry)
            state.append(rotate(memory.keys, cos, sin), memory.values, memory.scores, memory.sources)
            state.memory = memory.count
        return states

    def encode(self, tokens: list[int]) -> list[Memory]:
        """A segment, read alone behind the sink: as many entries in every layer, whatever its share."""
        states = self.start()
        self.forward(states, tokens, 0)
        return [memory.best(STORED) for memory in self.extract(states)]

    def request(
        self, prefix: list[int], suffix: list[int] | None, bounds: Bounds, segments: Sequence[tuple[list[int], float]] = ()
    ) -> tuple[States, int, Tensor]:
        """Prepares a request, without generating. `suffix` None = plain text, no markers. `segments` in the order of a recall,
        each with its prior.

        Returns the states, how many pinned tokens lie between the memory and the prefix, and the hidden states of the live
        prefix tokens.
        """
        streamed = bounds.chunk * (max(0, len(prefix) - bounds.window) // bounds.chunk)
        states = self.remember(prefix[:streamed], bounds)
        if segments:
            encoded, own = [(self.encode(tokens), prior) for tokens, prior in segments], self.extract(states)
            states = self.insert([
                recall([(memories[layer], prior) for memories, prior in encoded], own[layer], entries)
                for layer, entries in enumerate(self.entries(bounds))
            ])  # fmt: skip
        s = self.special
        pinned = [] if suffix is None else [s["fimPrefix"], s["fimSuffix"], *suffix, s["fimMiddle"]]
        for first in range(0, len(pinned), bounds.chunk):
            self.forward(states, pinned[first : first + bounds.chunk], None)
        hidden = [torch.empty(0, self.geometry.width)]
        for first in range(streamed, len(prefix), bounds.chunk):
            hidden.append(self.forward(states, prefix[first : first + bounds.chunk], first))
        return states, len(pinned), torch.cat(hidden)

    def decode(
        self, states: States, pinned: int, last: Tensor, source: int, count: int, bounds: Bounds
    ) -> list[tuple[int, Tensor]]:
        """Greedy continuation from the last token's hidden state [width]: `count` tokens with the logits each was chosen by."""
        generated: list[tuple[int, Tensor]] = []
        while True:
            logits = self.logits(last)
            token = int(logits.argmax())
            generated.append((token, logits))
            if len(generated) == count:
                return generated
            if self.liveTokens(states) - pinned >= bounds.window + bounds.chunk:
                states = self.evict(states, pinned, bounds.chunk, bounds)
            last = self.forward(states, [token], source + len(generated) - 1)[-1]
