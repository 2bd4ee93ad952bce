"""The reference's bounded memory against what it is defined to be, on a tiny model whose scorers choose."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsek_code.reference import NO_SOURCE, Bounds, Reference, State
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


def test_a_state_never_outgrows_its_bound_and_memory_fills_to_k(model):
    state, tokens = model.start(), text(120)
    for first in range(0, len(tokens), BOUNDS.chunk):
        state, _ = model.stream(state, tokens[first : first + BOUNDS.chunk], first, BOUNDS)
        assert state.length <= 4 + BOUNDS.entries + BOUNDS.window + BOUNDS.chunk
    assert state.memory == BOUNDS.entries
    assert state.length == 4 + BOUNDS.entries + BOUNDS.window


def test_the_memory_holds_the_best_by_score_of_everything_evicted(model):
    """Scores never change, so evicting chunk by chunk must equal one choice over all evicted tokens."""
    state, tokens, seen = model.start(), text(104), {}
    for first in range(0, len(tokens), BOUNDS.chunk):
        before = state.length
        chunk = tokens[first : first + BOUNDS.chunk]
        copy = State(state.keys, state.values, state.scores, state.sources, state.memory)
        model.forward(copy, chunk, first)
        for offset in range(len(chunk)):
            seen[first + offset] = copy.scores[:, :, before + offset]
        state, _ = model.stream(state, chunk, first, BOUNDS)
    evicted = range(len(tokens) - BOUNDS.window)
    for layer in range(model.geometry.layers):
        for head in range(model.geometry.keyValueHeads):
            ranked = sorted(evicted, key=lambda source: (float(seen[source][layer, head]), source), reverse=True)
            kept = state.sources[layer, head, 4 : 4 + BOUNDS.entries].tolist()
            assert kept == sorted(ranked[: BOUNDS.entries])


def test_heads_choose_differently(model):
    state, _ = model.stream(model.start(), text(104), 0, BOUNDS)
    assert len({tuple(row.tolist()) for row in state.sources[:, :, 4 : 4 + BOUNDS.entries].flatten(0, 1)}) > 1


def test_equal_scores_keep_the_most_recent(model):
    state, _ = model.stream(model.start(), text(16), 0, BOUNDS)
    state.scores[:] = 0
    kept = model.compact(state, 4, state.length, 5).sources[:, :, 4:]
    assert (kept == torch.arange(11, 16)).all()


def test_keys_are_rotated_to_the_slots_they_take(model):
    state, _ = model.stream(model.start(), text(16), 0, BOUNDS)
    after = model.compact(state, 4, 12, 3)
    for layer in range(model.geometry.layers):
        for head in range(model.geometry.keyValueHeads):
            sources = after.sources[layer, head, 4:]
            assert torch.allclose(unrotated(model, after)[layer, head, 4:], unrotated(model, state)[layer, head, 4 + sources], atol=1e-5)
            assert torch.equal(after.values[layer, head, 4:], state.values[layer, head, 4 + sources])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 70), st.integers(0, 10))
def test_a_request_lays_out_sink_memory_pinned_and_prefix(model, prefixLength, suffixLength):
    state, slot, hidden = model.request(text(prefixLength), text(suffixLength, 1), BOUNDS)
    live = len(hidden)
    assert live == prefixLength if prefixLength < BOUNDS.window + BOUNDS.chunk else BOUNDS.window <= live < BOUNDS.window + BOUNDS.chunk
    assert slot == 4 + state.memory + 3 + suffixLength
    assert state.length == slot + live
    assert state.memory == min(BOUNDS.entries, prefixLength - live)
    assert (state.sources[:, :, 4 + state.memory : slot] == NO_SOURCE).all()
    assert (state.sources[:, :, slot:] == torch.arange(prefixLength - live, prefixLength)).all()


def test_generation_evicts_prefix_tokens_and_never_the_pinned_suffix(model):
    prefix, suffix = text(62), text(9, 1)
    state, slot, hidden = model.request(prefix, suffix, BOUNDS)
    lengths = []
    forward = model.forward

    def watched(state: State, tokens: list[int], source: int | None):
        result = forward(state, tokens, source)
        lengths.append((state.length, int((state.sources[0, 0] == NO_SOURCE).sum()), int(state.sources[0, 0, -1])))
        return result

    model.forward = watched
    try:
        generated = model.decode(state, slot, hidden[-1], len(prefix), 30, BOUNDS)
    finally:
        model.forward = forward
    assert len(generated) == 30
    assert max(length for length, _, _ in lengths) <= 4 + BOUNDS.entries + 12 + BOUNDS.window + BOUNDS.chunk
    assert {pinned for _, pinned, _ in lengths} == {4 + 3 + 9}
    assert [source for _, _, source in lengths] == list(range(62, 62 + 29))
