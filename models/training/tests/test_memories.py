"""Memories of texts read apart: what is kept of a segment, how memories merge, and what a request makes of them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsek_code.memories import SEGMENT_TOKENS, STORED, Memory, merge, recall
from sparsek_code.reference import NO_SOURCE, Bounds, Reference
from sparsek_code.transformer import rotary, rotate

BOUNDS = Bounds(entries=60, window=16, chunk=8)


@pytest.fixture(scope="module")
def model(tiny) -> Reference:
    return Reference(tiny)


def text(count: int, seed: int = 0) -> list[int]:
    return torch.randint(0, 256, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def randomMemory(seed: int, count: int, start: int) -> Memory:
    """Entries of a text whose sources begin at `start`; scores are coarse, so that ties happen."""
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(2, 2, count, *shape, generator=generator)  # noqa: E731
    scores = torch.randint(0, 6, (2, 2, count), generator=generator) / 2
    sources = torch.stack([torch.randperm(100, generator=generator)[:count].sort().values for _ in range(4)])
    return Memory(draw(4), draw(4), scores, start + sources.view(2, 2, count))


def entries(memory: Memory, layer: int, head: int) -> list[tuple[int, float, list[float]]]:
    rows = zip(memory.sources[layer, head], memory.scores[layer, head], memory.keys[layer, head], strict=True)
    return [(int(source), float(score), key.tolist()) for source, score, key in rows]


memories = st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 20)), min_size=1, max_size=4).map(
    lambda parts: [randomMemory(seed, count, 100 * place) for place, (seed, count) in enumerate(parts)]
)


@settings(max_examples=40)
@given(memories, st.integers(0, 50))
def test_a_merge_keeps_the_best_of_the_union_in_source_order_whatever_the_order_of_its_parts(parts, keep):
    merged = merge(parts[::-1], keep)
    for layer in range(2):
        for head in range(2):
            union = [entry for part in parts for entry in entries(part, layer, head)]
            best = sorted(union, key=lambda entry: (entry[1], entry[0]), reverse=True)[:keep]
            assert entries(merged, layer, head) == sorted(best)


@settings(max_examples=40)
@given(memories, st.integers(1, 30), st.lists(st.sampled_from([-1.5, -0.5, 0.0]), min_size=4, max_size=4))
def test_recalling_one_segment_after_the_other_equals_recalling_them_at_once_under_priors(parts, keep, priors):
    own, segments = randomMemory(7, 12, 0), list(zip(parts, priors, strict=False))
    moved = [memory.shifted(SEGMENT_TOKENS * (place - len(segments)), prior) for place, (memory, prior) in enumerate(segments)]
    stepwise = own.best(keep)
    for memory in moved:
        stepwise = merge([stepwise, memory], keep)
    at_once = recall(segments, own, keep)
    for name in ("keys", "values", "scores", "sources"):
        assert torch.equal(getattr(stepwise, name), getattr(at_once, name))


def test_a_segment_is_read_alone_and_keeps_its_best_entries_at_position_0(model):
    tokens = text(STORED + 60)
    states = model.start()
    model.forward(states, tokens, 0)
    for state, memory in zip(states, model.encode(tokens), strict=True):
        cos, sin = rotary(-torch.arange(state.length), model.geometry)
        keys = rotate(state.keys, cos, sin)
        assert memory.count == STORED
        for head in range(model.geometry.keyValueHeads):
            kept = memory.sources[head]
            scores = state.scores[head, 4:]
            assert set(kept.tolist()) == set(scores.topk(STORED).indices.tolist())
            assert torch.allclose(memory.keys[head], keys[head, 4 + kept], atol=1e-5)


def test_a_shorter_segment_is_kept_whole(model):
    assert [memory.count for memory in model.encode(text(20))] == [20] * model.geometry.layers


@pytest.mark.parametrize("shares", [(), (0.5, 1.0, 1.5)])
def test_a_request_puts_segments_in_front_of_the_open_files_older_text(tiny, shares):
    prefix, suffix, model = text(70), text(9, 1), Reference(tiny, shares)
    segments = [(text(30, 2), -0.6), (text(25, 3), 0.0)]
    states, pinned, hidden = model.request(prefix, suffix, BOUNDS, segments)
    streamed = 70 - len(hidden)
    for state, entries in zip(states, model.entries(BOUNDS), strict=True):
        assert state.memory == entries < streamed + 55
        held = state.sources[:, 4 : 4 + state.memory]
        assert (held.diff(dim=1) > 0).all()
        assert held.min() >= -2 * SEGMENT_TOKENS and held.max() < streamed
        assert (held < 0).any() and (held >= 0).any()
        assert (state.sources[:, 4 + state.memory : 4 + state.memory + pinned] == NO_SOURCE).all()


def test_a_lower_prior_leaves_a_segment_fewer_places(model):
    states = lambda prior: model.request(text(70), None, BOUNDS, [(text(60, 2), prior)])[0]  # noqa: E731
    held = lambda prior: sum(int((state.sources < 0).sum()) for state in states(prior))  # noqa: E731
    assert held(-2.0) < held(0.0)


def test_without_segments_a_request_is_what_it_was(model):
    alone, joined = model.request(text(70), text(9, 1), BOUNDS), model.request(text(70), text(9, 1), BOUNDS, [])
    assert torch.equal(alone[2], joined[2])
