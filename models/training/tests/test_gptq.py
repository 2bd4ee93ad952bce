"""GPTQ on tiny matrices: every part must lower the error it is there to lower."""

import torch

from sparsek_code.blocks import roundToNearest
from sparsek_code.gptq import Recipe, damped, gptq, objective


def problem(seed: int, out: int = 24, width: int = 96) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix, and H of strongly correlated inputs."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(width, width, generator=generator) / width**0.5
    x = torch.randn(600, width, generator=generator) @ mixing
    return torch.randn(out, width, generator=generator), x.T @ x / len(x)


def errors(recipe: Recipe) -> list[float]:
    found = []
    for seed in range(5):
        weight, hessian = problem(seed)
        found.append(objective(weight, gptq(weight, hessian, recipe).dequantise(), damped(hessian, recipe.damping)))
    return found


def test_gptq_beats_rounding_to_nearest_by_far_on_correlated_inputs():
    for seed, error in enumerate(errors(Recipe(4, symmetric=False, damping=0.001))):
        weight, hessian = problem(seed)
        nearest = roundToNearest(weight, 4, symmetric=False).dequantise()
        assert error < 0.6 * objective(weight, nearest, damped(hessian, 0.001))


def test_refitting_and_descent_lower_the_error_further():
    plain, once, twice = (errors(Recipe(4, symmetric=False, sweeps=sweeps)) for sweeps in (0, 1, 2))
    assert all(b < a for a, b in zip(plain, once, strict=True))
    assert all(b <= a * 1.0005 for a, b in zip(once, twice, strict=True))


def test_with_uncorrelated_inputs_gptq_is_rounding_to_nearest():
    weight, _ = problem(0)
    result = gptq(weight, torch.eye(weight.shape[1]), Recipe(4, symmetric=False, sweeps=0))
    assert torch.equal(result.codes, roundToNearest(weight, 4, symmetric=False).codes)


def test_eight_bits_are_nearly_exact():
    assert max(errors(Recipe(8, symmetric=True))) < 1e-4
