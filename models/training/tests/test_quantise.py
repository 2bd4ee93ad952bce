"""Sequential GPTQ of a tiny model."""

import torch
from torch import Tensor

from sparsek_code.blocks import BlockMatrix, roundToNearest
from sparsek_code.manifest import Pack
from sparsek_code.quantise import Settings, quantiseModel, symmetricProduct, values
from sparsek_code.transformer import finalStates


class TinyBase:
    """A pack in the base's place."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def geometry(self):
        return self.pack.geometry

    def embedding(self) -> Tensor:
        # Quantised values have exact codes; a little noise makes rounding them a task again.
        return noisy(self.pack.tensor("embedding.weight"), 1)

    def finalNorm(self) -> Tensor:
        return self.pack.tensor("finalNorm.weight")

    def layer(self, index: int) -> dict[str, Tensor]:
        layer = {name: tensor for name, tensor in self.pack.layer(index).items() if "scorer" not in name}
        return {name: noisy(tensor, index) if tensor.ndim == 2 else tensor for name, tensor in layer.items()}


def noisy(tensor: Tensor, seed: int) -> Tensor:
    return tensor + tensor.std() * 0.3 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(seed))


def logits(base: TinyBase, tokens: Tensor, weights: dict[str, Tensor]) -> Tensor:
    def layer(index: int) -> dict[str, Tensor]:
        prefix = f"layers.{index}."
        return {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}

    table = weights["embedding.weight"]
    return finalStates(tokens, table, layer, weights["finalNorm.weight"], base.geometry(), torch.float32) @ table.T


def test_quantised_models_answer_like_the_base_and_better_than_rounded_ones_on_unseen_text(tiny):
    base = TinyBase(tiny)
    generator = torch.Generator().manual_seed(0)
    windows = torch.randint(0, 256, (24, 128), generator=generator)
    unseen = torch.randint(0, 256, (8, 128), generator=generator)
    exact = {"embedding.weight": base.embedding(), "finalNorm.weight": base.finalNorm()}
    for index in range(base.geometry().layers):
        exact |= {f"layers.{index}.{name}": tensor for name, tensor in base.layer(index).items()}
    wide = lambda name: "queryKeyValue" in name  # noqa: E731
    nearest = {
        name: roundToNearest(tensor, 8 if wide(name) else 4, wide(name) or "embedding" in name) if tensor.ndim == 2 else tensor
        for name, tensor in exact.items()
    }
    lines: list[str] = []
    quantised = quantiseModel(base, windows, Settings(), {}, lines.append)
    assert set(quantised) == set(exact)
    assert len(lines) == 1 + base.geometry().layers
    wanted = logits(base, unseen, exact)
    error = {name: (logits(base, unseen, values(w)) - wanted).square().mean() for name, w in (("gptq", quantised), ("nearest", nearest))}
    assert error["gptq"] < 0.8 * error["nearest"]


def test_symmetric_products_equal_plain_ones():
    x = torch.randn(50, 70, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(symmetricProduct(x), x.T @ x, atol=1e-4)


def test_kept_matrices_stay_and_the_others_are_quantised_for_what_these_give(tiny):
    base, windows = TinyBase(tiny), torch.randint(0, 256, (8, 128), generator=torch.Generator().manual_seed(0))
    whole = quantiseModel(base, windows, Settings(), {}, lambda _: None)
    kept = {name: matrix for name, matrix in whole.items() if isinstance(matrix, BlockMatrix) and "feedForward" in name}
    again = quantiseModel(base, windows, Settings(), kept, lambda _: None)
    assert all(again[name] is matrix for name, matrix in kept.items())
    assert again.keys() == whole.keys()
    assert torch.equal(again["layers.1.attention.output.weight"].codes, whole["layers.1.attention.output.weight"].codes)
