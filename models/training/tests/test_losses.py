"""Losses in chunks against the same written out whole."""

import torch
import torch.nn.functional as F
from torch import Tensor

from sparsek_code.attention import attendMasked
from sparsek_code.losses import CHUNK, crossEntropy, distillation, importance, kept, regression


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_loss_and_gradient_equal_autograds_over_more_than_one_chunk():
    n, share = CHUNK + 37, 0.3
    hidden, head = draw(n, 12).requires_grad_(), draw(50, 12, seed=1)
    target, targetHead = draw(n, 20, seed=2), draw(50, 20, seed=3)
    labels = torch.randint(0, 50, (n,), generator=torch.Generator().manual_seed(4))
    weights = torch.rand(n, generator=torch.Generator().manual_seed(5))
    loss, values = distillation(hidden, head, target, targetHead, labels, weights, share)
    (gradient,) = torch.autograd.grad(loss, hidden)
    logits, wanted = hidden @ head.T, target @ targetHead.T
    divergence = (
        F.kl_div(logits.log_softmax(-1), wanted.log_softmax(-1), reduction="none", log_target=True).sum(-1) * weights
    ).sum()
    entropy = (F.cross_entropy(logits, labels, reduction="none") * weights).sum()
    (expected,) = torch.autograd.grad(divergence + share * entropy, hidden)
    assert torch.allclose(values, torch.stack([divergence, entropy]), rtol=1e-4)
    assert torch.allclose(gradient, expected, atol=1e-4)
    assert torch.allclose(crossEntropy(hidden, head, labels) @ weights, entropy, rtol=1e-4)


def test_importance_is_the_attention_that_queries_give_each_key():
    q, k, places = draw(9, 4, 8), draw(9, 2, 8, seed=1), torch.tensor([5, 8])
    logMass = importance(q[places], k, places, 0.3)
    bounds = torch.tensor([0, 9], dtype=torch.int32)
    for key in range(9):
        # With a value of one at this key alone, attention's output is the weight on it.
        values = torch.zeros(9, 2, 8)
        values[key] = 1
        weight = attendMasked(q, k, values, bounds, bounds, 0.3)[places][..., 0]  # [2 queries, 4 heads]
        expected = weight.unflatten(1, (2, 2)).mean((0, 2))
        assert torch.allclose(logMass[key].exp() - 1e-3, expected * 9, atol=1e-4)


def test_regression_leaves_out_what_was_not_measured():
    logMass, rows = draw(6, 2), torch.tensor([[3, -1, 0]])
    scores = logMass[rows.clamp(min=0)] + torch.tensor([1.0, 50.0, 1.0])[:, None]
    assert torch.allclose(regression(scores, logMass, rows), torch.tensor(1.0))


def test_all_the_mass_is_kept_by_scores_that_know_it():
    logMass, rows = torch.log(torch.tensor([[8.0, 1], [1, 8], [1, 1]]) + 1e-3), torch.tensor([[0, 1, 2]])
    assert torch.allclose(kept(logMass[rows], logMass, rows, 1), torch.tensor(0.8))
    assert torch.allclose(kept(-logMass[rows], logMass, rows, 3), torch.tensor(1.0))
