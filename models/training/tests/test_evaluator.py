"""Rows of the evaluation that must agree: a memory that keeps everything is full attention."""

import numpy as np
import pytest
import torch
from wideVocabulary import GEOMETRY, base

from sparsek_code.adapters import Adapters
from sparsek_code.episodes import Episode, Sizes
from sparsek_code.evaluator import Evaluator, Rows
from sparsek_code.model import Model
from sparsek_code.table import Table

SIZES = Sizes(context=256, live=512, long=512, suffix=8, window=16, segments=2)
ROWS = Rows(entries=(2048,), texts=(1,))


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    adapters = Adapters(GEOMETRY, rank=4)
    torch.nn.init.normal_(adapters.up, std=0.3, generator=torch.Generator().manual_seed(1))
    return Evaluator(Model(base(), adapters), ROWS)


def text(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 30, count).astype(np.int32)


def losses(table: Table) -> dict[str, float]:
    return {name: row["loss"] for name, row in table.summary(next(iter(table.rows)), "full").items() if name}


@torch.no_grad()
def test_one_segment_kept_whole_costs_what_full_attention_does(evaluator):
    episode = Episode([text(240, 1)], [0], text(512, 2), np.ones(512, bool), paths=["lib/one.py"])
    table = Table()
    evaluator.cross([episode], table, SIZES)
    rows = losses(table)
    assert table.labels == ["Python"] and sum(table.rows["full"].counts) > 20
    for name in ("memory 2048", "memory 2048 prior", "memory 2048 pool", "random 2048", "key norm 2048", "text 1"):
        assert rows[name] == pytest.approx(rows["full"], abs=2e-3), name
    assert abs(rows["none"] - rows["full"]) > 0.01
    assert abs(rows["full, base"] - rows["full"]) > 0.01


@torch.no_grad()
def test_a_long_text_streamed_through_a_large_memory_costs_what_full_attention_does(evaluator):
    table = Table()
    evaluator.long([text(1024, 3), text(1024, 4)], table, 128, window=256)
    rows = losses(table)
    assert rows["streamed 2048"] == pytest.approx(rows["full"], abs=2e-3)
    assert abs(rows["window only"] - rows["full"]) > 1e-3
    assert sum(table.rows["full"].counts) == 256


@torch.no_grad()
def test_fill_in_the_middle_with_everything_in_memory_costs_what_full_attention_does(evaluator):
    live = np.concatenate([[151659, 151661], text(8, 5), [151660], text(60, 6), [151643]]).astype(np.int32)
    predicted = np.arange(len(live)) > 10
    table = Table()
    evaluator.fill([Episode([text(200, 7)], [-1], live, predicted, streamed=False)], table, SIZES)
    rows = losses(table)
    assert rows["memory 2048 prior"] == pytest.approx(rows["full"], abs=2e-3)
