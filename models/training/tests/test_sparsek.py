"""The operator against the projection it is defined as, and its gradient against finite differences."""

import itertools

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparsek_code.sparsek import sparsek, straightThroughBias

seeds, sizes = st.integers(0, 2**31), st.integers(2, 40)


def draw(seed: int, size: int, spread: float = 3.0) -> torch.Tensor:
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)) * spread


def project(z: torch.Tensor, k: int) -> torch.Tensor:
    """The projection onto {0 <= p <= 1, sum p = k} by trying every choice of entries at 0, at 1 and between."""
    best, distance = z, float("inf")
    for states in itertools.product((0.0, 0.5, 1.0), repeat=len(z)):
        p = torch.tensor(states, dtype=torch.float64)
        between = p == 0.5
        if between.any():
            p[between] = z[between] + (k - (p == 1).sum() - z[between].sum()) / between.sum()
        feasible = abs(float(p.sum()) - k) < 1e-9 and p.min() >= 0 and p.max() <= 1
        if feasible and (p - z).square().sum() < distance:
            best, distance = p, (p - z).square().sum()
    return best


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(2, 6), st.data())
def test_it_is_the_projection_onto_the_capped_simplex(seed, size, data):
    k, z = data.draw(st.integers(1, size)), draw(seed, size, 1.0).double()
    assert torch.allclose(sparsek(z, k), project(z, k), atol=1e-5)


@given(seeds, sizes, st.data())
def test_it_sums_to_k_and_keeps_the_order(seed, size, data):
    k, z = data.draw(st.integers(1, size)), draw(seed, size)
    p = sparsek(z, k)
    assert abs(float(p.sum()) - k) < 1e-3
    assert (p[z.argsort()].diff() >= 0).all()


@given(seeds, sizes, st.data())
def test_more_candidates_never_help_an_entry(seed, size, data):
    k, z = data.draw(st.integers(1, size)), draw(seed, size)
    more = torch.cat([z, draw(seed + 1, 5)])
    assert (sparsek(more, k)[:size] <= sparsek(z, k) + 1e-5).all()


@given(seeds, sizes, st.data())
def test_the_gradient_agrees_with_finite_differences(seed, size, data):
    k = data.draw(st.integers(1, size - 1))
    z, slope, step = draw(seed, size).double(), draw(seed + 1, size).double(), 1e-7
    tau = (z - sparsek(z, k)).where((sparsek(z, k) > 0) & (sparsek(z, k) < 1), torch.nan).nanmean()
    corners = torch.cat([z - tau, z - tau - 1])
    if tau.isnan() or corners.abs().min() < 1e-4:
        return  # at a corner there is no derivative
    z.requires_grad_()
    (gradient,) = torch.autograd.grad(sparsek(z, k) @ slope, z)
    for i in range(size):
        offset = torch.zeros_like(z).index_fill(0, torch.tensor(i), step)
        with torch.no_grad():
            numeric = (sparsek(z + offset, k) - sparsek(z - offset, k)) @ slope / (2 * step)
        assert abs(float(gradient[i] - numeric)) < 1e-5


@given(seeds, sizes, st.data())
def test_entries_of_minus_infinity_stay_out(seed, size, data):
    k, z = data.draw(st.integers(1, size)), draw(seed, size)
    padded = torch.cat([z, torch.full((7,), float("-inf"))])
    p = sparsek(padded, k)
    assert torch.allclose(p[:size], sparsek(z, k)) and (p[size:] == 0).all()


def test_the_bias_is_zero_and_has_the_operators_gradient():
    z, slope = draw(1, 30).requires_grad_(), draw(2, 30)
    bias = straightThroughBias(z, 9)
    assert (bias == 0).all()
    (viaBias,) = torch.autograd.grad(bias @ slope, z, retain_graph=True)
    (direct,) = torch.autograd.grad(sparsek(z, 9) @ slope, z)
    assert torch.equal(viaBias, direct) and viaBias.abs().sum() > 0
