"""What quantising costs: nothing where nothing was quantised, and as much as the two models differ where something was."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from wideVocabulary import GEOMETRY, base

from sparsek_code.adapters import Adapters
from sparsek_code.cost import Costs
from sparsek_code.evaluator import Evaluator, Rows
from sparsek_code.model import Model

TAIL = 64
ROWS = Rows((1024, 2048), (), baselines=False, base=False)


def costs(tmp_path, other) -> tuple[Costs, list[np.ndarray]]:
    adapters = Adapters(GEOMETRY, rank=4)
    made = Costs(*(Evaluator(Model(body, adapters), ROWS) for body in (base(), other)), tmp_path / "cost.json", {"pack": "p"}, TAIL)
    return made, [np.random.default_rng(seed).integers(0, 30, 512).astype(np.int32) for seed in range(3)]


@torch.no_grad()
def test_a_model_costs_nothing_against_itself(tmp_path):
    made, texts = costs(tmp_path, base())
    made.measure("long", texts, 2, float("inf"))
    rows = json.loads((tmp_path / "cost.json").read_text())["long"]
    assert set(rows) == {"window only", "streamed 1024", "streamed 2048", "full"}
    for row in rows.values():
        assert row["difference"] == 0 and row["error"] == 0
        assert row["files"] == 3 and row["tokens"] == 3 * TAIL


@torch.no_grad()
def test_another_attention_has_its_price(tmp_path):
    layers = [replace(layer, output=3 * layer.output) for layer in base().layers]
    made, texts = costs(tmp_path, replace(base(), layers=layers))
    made.measure("long", texts, 3, float("inf"))
    row = json.loads((tmp_path / "cost.json").read_text())["long"]["full"]
    assert row["difference"] == pytest.approx(row["loss"] - row["other"], abs=2e-5)
    assert abs(row["difference"]) > 1e-3 and row["error"] > 0


@torch.no_grad()
def test_no_group_is_begun_when_time_is_up(tmp_path):
    made, texts = costs(tmp_path, base())
    made.measure("long", texts, 1, 0.0)
    assert not (tmp_path / "cost.json").exists()
