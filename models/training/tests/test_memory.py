"""Which entries are held, against a choice made entry by entry."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsek_code.memory import Plan, eligible, held, offered, select


def scoresOf(seed: int, *shape: int) -> torch.Tensor:
    """Few distinct values, so that ties are common."""
    return torch.randint(0, 6, shape, generator=torch.Generator().manual_seed(seed)).float()


@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(1, 30))
def test_the_best_are_chosen_the_newer_winning_ties_and_stand_in_source_order(seed, entries, candidates):
    scores = scoresOf(seed, 2, 3, candidates)
    allowed = scoresOf(seed + 1, 2, 3, 4, candidates) < 4
    index = select(scores, allowed, entries)
    for e in range(2):
        for h in range(3):
            for n in range(4):
                open_ = allowed[e, h, n].nonzero().flatten().tolist()
                best = sorted(open_, key=lambda place: (float(scores[e, h, place]), place), reverse=True)[:entries]
                expected = sorted(best) + [candidates] * (entries - len(best))
                assert index[e, h, n].tolist() == expected


def layout() -> torch.Tensor:
    """Two episodes of context size 12; segments at 1..4, 6..10 (first) and 2..9 (second). S = 8, D = 2."""
    segments = torch.full((2, 2, 8), 12)
    segments[0, 0, :4], segments[0, 1, :5], segments[1, 0, :8] = torch.arange(1, 5), torch.arange(6, 11), torch.arange(2, 10)
    return segments


@given(st.integers(0, 2**31), st.integers(1, 8))
def test_a_segment_offers_its_best_and_padding_offers_nothing(seed, stored):
    scores = torch.randn(2, 2, 12, generator=torch.Generator().manual_seed(seed))
    offers = offered(scores, layout(), stored)
    for e, places in ((0, range(1, 5)), (0, range(6, 11)), (1, range(2, 10))):
        for h in range(2):
            best = sorted(places, key=lambda place: float(scores[e, h, place]), reverse=True)[:stored]
            assert {place for place in places if offers[e, h, place]} == set(best)
    assert not offers[0, :, [0, 5, 11]].any()


def test_the_number_held_is_known_before_the_scores():
    plan, segments = Plan(entries=9, window=4, chunk=2, stored=3), layout()
    offers = offered(torch.randn(2, 2, 12), segments, plan.stored)
    allowed = eligible(offers, 16, plan)
    counted = allowed.sum(-1).clamp(max=plan.entries)
    assert (counted == held(segments, 12, 16, plan)[:, None]).all()


def test_a_token_competes_once_it_is_older_than_the_window():
    allowed = eligible(torch.zeros(1, 1, 0, dtype=torch.bool), 12, Plan(4, 4, 2))[0, 0]
    assert allowed.sum(-1).tolist() == [0, 0, 0, 2, 4, 6]
