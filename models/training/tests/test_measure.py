"""Comparing two models token by token."""

import torch

from sparsek_code.measure import compare, summarise


def test_a_model_costs_nothing_against_itself():
    logits, targets = torch.randn(20, 50), torch.arange(20)
    found = summarise(compare(logits, logits, targets))
    assert found["cost"] == 0 and found["topAgreement"] == 1 and abs(found["divergence"]) < 1e-6
    assert found["tokens"] == 20


def test_losses_are_those_of_the_targets():
    first, other = torch.zeros(1, 4), torch.tensor([[0.0, 0.0, 0.0, 100.0]])
    found = compare(first, other, torch.tensor([3]))
    assert torch.allclose(found["firstLoss"], torch.log(torch.tensor([4.0])))
    assert found["otherLoss"] < 1e-6
