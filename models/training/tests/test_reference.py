"""The reference's bounded memory against what it is defined to be, on a tiny model whose scorers choose."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsek_code.reference import NO_SOURCE, Bounds, Reference, State, States
from sparsek_code.transformer import finalStates, rotary, rotate

BOUNDS = Bounds(entries=12, window=16, chunk=8)


@pytest.fixture(scope="module")
def model(tiny) -> Reference:
    return Reference(tiny)


def text(count: int, seed: int = 0) -> list[int]:
    return torch.randint(0, 256, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def unrotated(model: Reference, state: State) -> torch.Tensor:
    cos, sin = rotary(-torch.arange(state.length), model.geometry)
    return rotate(state.keys, cos, sin)


def test_while_nothing_is_evicted_chunks_equal_one_full_forward_pass(model, tiny):
    tokens = text(50)
    _, hidden = model.stream(model.start(), tokens, 0, Bounds(12, 64, 8))
    joined = torch.tensor([model.sink + tokens])
    states = finalStates(joined, model.table, tiny.layer, model.finalNorm, model.geometry, torch.float32)
    assert torch.allclose(hidden, states[0, 4:], atol=1e-4)


SHARES = (0.5, 1.0, 2.5)
"""K of the layers is 6, 12 and 30."""


@pytest.fixture(scope="module", params=[(), SHARES], ids=["alike", "shares"])
def either(request, tiny) -> Reference:
    """The model whose layers hold as many entries each, and with shares of their own."""
    return Reference(tiny, request.param)


def test_a_state_never_outgrows_its_bound_and_memory_fills_to_k(either):
    states, tokens = either.start(), text(120)
    for first in range(0, len(tokens), BOUNDS.chunk):
        states, _ = either.stream(states, tokens[first : first + BOUNDS.chunk], first, BOUNDS)
        for state, entries in zip(states, either.entries(BOUNDS), strict=True):
            assert state.length <= 4 + entries + BOUNDS.window + BOUNDS.chunk
    assert [state.memory for state in states] == either.entries(BOUNDS)
    assert [state.length for state in states] == [4 + entries + BOUNDS.window for entries in either.entries(BOUNDS)]


def test_the_memory_holds_the_best_by_score_of_everything_evicted(either):
    """Scores never change, so evicting chunk by chunk must equal one choice over all evicted tokens."""
    states, tokens, seen = either.start(), text(104), {}
    for first in range(0, len(tokens), BOUNDS.chunk):
        chunk = tokens[first : first + BOUNDS.chunk]
        copies = [replace(state) for state in states]
        either.forward(copies, chunk, first)
        for offset in range(len(chunk)):
            seen[first + offset] = [copy.scores[:, state.length + offset] for copy, state in zip(copies, states, strict=True)]
        states, _ = either.stream(states, chunk, first, BOUNDS)
    evicted = range(len(tokens) - BOUNDS.window)
    for layer, entries in enumerate(either.entries(BOUNDS)):
        for head in range(either.geometry.keyValueHeads):
            ranked = sorted(evicted, key=lambda source: (float(seen[source][layer][head]), source), reverse=True)
            kept = states[layer].sources[head, 4 : 4 + entries].tolist()
            assert kept == sorted(ranked[:entries])


def test_heads_choose_differently(model):
    states, _ = model.stream(model.start(), text(104), 0, BOUNDS)
    assert len({tuple(row.tolist()) for state in states for row in state.sources[:, 4 : 4 + BOUNDS.entries]}) > 1


def test_equal_scores_keep_the_most_recent(model):
    (state, *_), _ = model.stream(model.start(), text(16), 0, BOUNDS)
    state.scores[:] = 0
    kept = model.compact(state, 4, state.length, 5).sources[:, 4:]
    assert (kept == torch.arange(11, 16)).all()


def test_keys_are_rotated_to_the_slots_they_take(model):
    states, _ = model.stream(model.start(), text(16), 0, BOUNDS)
    for state in states:
        after = model.compact(state, 4, 12, 3)
        for head in range(model.geometry.keyValueHeads):
            sources = after.sources[head, 4:]
            assert torch.allclose(unrotated(model, after)[head, 4:], unrotated(model, state)[head, 4 + sources], atol=1e-5)
            assert torch.equal(after.values[head, 4:], state.values[head, 4 + sources])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 70), st.integers(0, 10))
def test_a_request_lays_out_sink_memory_pinned_and_prefix(either, prefixLength, suffixLength):
    states, pinned, hidden = either.request(text(prefixLength), text(suffixLength, 1), BOUNDS)
    live = len(hidden)
    most = BOUNDS.window + BOUNDS.chunk
    assert live == prefixLength if prefixLength < most else BOUNDS.window <= live < most
    assert pinned == 3 + suffixLength
    for state, entries in zip(states, either.entries(BOUNDS), strict=True):
        slot = 4 + state.memory + pinned
        assert state.length == slot + live
        assert state.memory == min(entries, prefixLength - live)
        assert (state.sources[:, 4 + state.memory : slot] == NO_SOURCE).all()
        assert (state.sources[:, slot:] == torch.arange(prefixLength - live, prefixLength)).all()


def test_generation_evicts_prefix_tokens_and_never_the_pinned_suffix(either):
    prefix, suffix = text(62), text(9, 1)
    states, pinned, hidden = either.request(prefix, suffix, BOUNDS)
    lengths = []
    forward = either.forward

    def watched(states: States, tokens: list[int], source: int | None):
        result = forward(states, tokens, source)
        lengths.extend((s.length - s.memory, int((s.sources[0] == NO_SOURCE).sum()), int(s.sources[0, -1])) for s in states)
        return result

    either.forward = watched
    try:
        generated = either.decode(states, pinned, hidden[-1], len(prefix), 30, BOUNDS)
    finally:
        either.forward = forward
    assert len(generated) == 30
    assert max(length for length, _, _ in lengths) <= 4 + 12 + BOUNDS.window + BOUNDS.chunk
    assert {kept for _, kept, _ in lengths} == {4 + 3 + 9}
    assert [source for _, _, source in lengths[:: len(states)]] == list(range(62, 62 + 29))


def test_layers_whose_shares_are_all_1_are_a_model_without_shares(model, tiny):
    request = (text(101), text(9, 1), BOUNDS, [(text(30, 2), -0.6)])
    plain, shared = (one.request(*request)[2] for one in (model, Reference(tiny, (1.0, 1.0, 1.0))))
    assert torch.equal(plain, shared)
