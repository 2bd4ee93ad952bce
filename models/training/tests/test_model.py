"""The trainer's parallel reading against the reference, which reads token by token in the engine's order."""

import pytest
import torch

from sparsek_code.adapters import Adapters
from sparsek_code.frame import Context
from sparsek_code.memory import Plan
from sparsek_code.model import Model
from sparsek_code.reference import Bounds, Reference, State
from sparsek_code.weights import load

SINK = 4


@pytest.fixture(scope="module")
def reference(tiny) -> Reference:
    return Reference(tiny)


@pytest.fixture(scope="module")
def model(tiny) -> Model:
    base = load(tiny.folder)
    return Model(base, Adapters.ofPack(tiny))


def text(count: int, seed: int = 0) -> list[int]:
    return torch.randint(0, 256, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def contextOf(model: Model, reference: Reference, segments: list[list[int]], size: int) -> Context:
    """One episode's segments, each behind the sink, padded to `size`."""
    stream, bounds = [*reference.sink], [0, SINK]
    places = torch.full((1, max(1, len(segments)), 64), size)
    for number, segment in enumerate(segments):
        start = len(stream)
        stream += [*reference.sink, *segment]
        places[0, number, : len(segment)] = torch.arange(start, start + len(segment))
        bounds.append(len(stream))
    if len(stream) < SINK + size:
        stream += [0] * (SINK + size - len(stream))
        bounds.append(len(stream))
    _, layers = model.readDocuments(torch.tensor(stream), torch.tensor(bounds, dtype=torch.int32), 64)
    return Context(layers, size, places, torch.zeros(1, size))


@pytest.mark.parametrize("entries", [0, 5, 12, 200])
def test_streaming_all_chunks_at_once_equals_streaming_them_in_order(model, reference, entries):
    tokens = text(96)
    with torch.no_grad():
        hidden, _ = model.readLive(torch.tensor([tokens]), contextOf(model, reference, [], 0), Plan(entries, 16, 8))
    _, expected = reference.stream(reference.start(), tokens, 0, Bounds(entries, 16, 8))
    assert torch.allclose(hidden[0], expected, atol=2e-3)


def test_one_segment_kept_whole_equals_full_attention_over_both(model, reference):
    segment, live = text(40, 1), text(32, 2)
    with torch.no_grad():
        hidden, _ = model.readLive(
            torch.tensor([live]), contextOf(model, reference, [segment], 50), Plan(100, 0, 32, stored=64)
        )
    expected = reference.forward(reference.start(), segment + live, 0)[40:]
    assert torch.allclose(hidden[0], expected, atol=2e-3)


def test_a_merged_memory_equals_the_references_entries_chosen_by_score(model, reference):
    """Two segments encoded alone; the best 9 entries of both, laid out by hand in a state of the reference."""
    segments, live = [text(30, 3), text(25, 4)], text(16, 5)
    with torch.no_grad():
        hidden, _ = model.readLive(torch.tensor([live]), contextOf(model, reference, segments, 63), Plan(9, 0, 16, stored=64))
    read = []
    for segment in segments:
        states = reference.start()
        reference.forward(states, segment, 0)
        read.append(states)
    joined = [layOut(model, reference, one, two) for one, two in zip(*read, strict=True)]
    expected = reference.forward(joined, live, 100)
    assert torch.allclose(hidden[0], expected, atol=2e-3)


def layOut(model: Model, reference: Reference, state: State, other: State) -> State:
    """One layer: sink, and the best 9 of a segment of 30 tokens and another."""
    state.append(*(getattr(other, name)[:, SINK:] for name in ("keys", "values", "scores", "sources")))
    # The second segment's keys are rotated as if they began at slot 4; `rearrange` turns by slot, so tell it their slots.
    kept = reference.best(state, torch.arange(SINK, state.length), 9)
    chosen = torch.cat([torch.arange(SINK).expand(len(kept), -1), kept], 1)
    keys, values, scores, sources = state.select(chosen)
    rotatedAt = torch.where(chosen >= SINK + 30, chosen - 30, chosen)
    cos, sin = model.rotation(torch.arange(chosen.shape[1]) - rotatedAt)
    half = keys.shape[-1] // 2
    a, b = keys[..., :half], keys[..., half:]
    return State(torch.cat([a * cos - b * sin, b * cos + a * sin], -1), values, scores, sources, 9)


def test_layers_with_shares_of_their_own_read_as_in_the_reference(model, tiny):
    shares, tokens, segment, live = (0.5, 1.0, 2.5), text(96), text(40, 1), text(16, 5)
    reference = Reference(tiny, shares)
    context = lambda segments, size: contextOf(model, reference, segments, size)  # noqa: E731
    with torch.no_grad():
        streamed, _ = model.readLive(torch.tensor([tokens]), context([], 0), Plan(9, 16, 8, shares=shares))
        behind, _ = model.readLive(torch.tensor([live]), context([segment], 50), Plan(9, 0, 16, stored=64, shares=shares))
    assert torch.allclose(streamed[0], reference.stream(reference.start(), tokens, 0, Bounds(9, 16, 8))[1], atol=2e-3)
    states, pinned, expected = reference.request(live, None, Bounds(9, 16, 16), [(segment, 0.0)])
    assert [state.memory for state in states] == [5, 9, 23]
    assert torch.allclose(behind[0], expected, atol=2e-3)


def test_two_episodes_do_not_see_each_other(model, reference):
    one, two = text(64, 6), text(64, 7)
    empty = contextOf(model, reference, [], 0)
    both = Context(empty.layers, 0, empty.segments.expand(2, -1, -1), empty.prior.expand(2, -1))
    with torch.no_grad():
        together, _ = model.readLive(torch.tensor([one, two]), both, Plan(8, 16, 8))
        alone, _ = model.readLive(torch.tensor([two]), empty, Plan(8, 16, 8))
    assert torch.allclose(together[1], alone[0], atol=1e-4)


def test_scorers_and_updates_get_gradients_through_the_memory(model, reference):
    adapters = model.adapters
    hidden, _ = model.readLive(
        torch.tensor([text(32, 8)]), contextOf(model, reference, [text(60, 9)], 64), Plan(20, 8, 8, stored=40)
    )
    hidden.square().sum().backward()
    assert all(x.grad is not None and x.grad.isfinite().all() for x in adapters.parameters())
    assert adapters.score.grad.abs().sum() > 0 and adapters.up.grad[0].abs().sum() > 0
    adapters.zero_grad()
