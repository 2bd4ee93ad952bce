"""The summary of an evaluation."""

import json

import pytest
import torch

from sparsek_code.table import Report, Table


def table() -> Table:
    """Two episodes of 3 and 1 tokens; half-way is exactly in the middle of none and full on every token."""
    result, owner = Table(), torch.tensor([0, 0, 0, 1])
    none, full = torch.tensor([4.0, 2.0, 3.0, 8.0]), torch.tensor([1.0, 1.0, 2.0, 2.0])
    for name, loss in (("none", none), ("half", (none + full) / 2), ("full", full)):
        result.add(name, loss, owner, 2)
    result.labels = ["Go", "Rust"]
    return result


def test_loss_and_gain_are_means_over_tokens():
    rows = table().summary("none", "full")
    assert rows[""] == {"tokens": 4, "episodes": 2}
    assert rows["none"]["loss"] == 4.25 and rows["none"]["gain"] == 0
    assert rows["half"]["gain"] == 0.5 and rows["full"]["gain"] == 1


def test_the_error_is_of_the_paired_difference_and_none_for_the_row_itself():
    rows = table().summary("none", "full")
    assert rows["full"]["error"] == 0
    # Differences of half from full: 2.5 in 3 tokens and 3 in 1; mean 1.375 a token; residuals -1.625 and 1.625.
    assert rows["half"]["error"] == pytest.approx((2 * 1.625**2) ** 0.5 / 4, abs=1e-4)


def test_one_label_alone():
    assert table().summary("none", "full", "Rust")["none"]["loss"] == 8


def test_a_report_is_written_part_by_part(tmp_path):
    report = Report(tmp_path / "report.json")
    report.add("cross", table(), "none", "full")
    report.add("empty", Table(), "none", "full")
    assert list(json.loads((tmp_path / "report.json").read_text())) == ["cross"]


def test_another_table_of_the_same_tokens_differs_by_paired_differences():
    first, second = table(), table()
    second.rows["half"].sums = [5.0, 3.0]  # 1.5 and 2 less than the first's 6.5 and 5 over 3 and 1 tokens
    row = first.against(second)["half"]
    assert row["tokens"] == 4 and row["files"] == 2
    assert row["difference"] == pytest.approx(0.875) and row["loss"] - row["other"] == pytest.approx(0.875)
    # Residuals 1.5 - 3 * 0.875 and 2 - 0.875.
    assert row["error"] == pytest.approx((2 * 1.125**2) ** 0.5 / 4, abs=1e-5)
    assert first.against(table())["full"]["error"] == 0


def test_tables_of_other_tokens_are_not_compared():
    other = table()
    other.rows["full"].counts = [2, 2]
    with pytest.raises(ValueError, match="not of the same tokens"):
        table().against(other)
