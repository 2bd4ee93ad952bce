"""Windows from a small git repository, in the layouts the model serves."""

import subprocess
from pathlib import Path

import pytest
import torch

from sparsek_code.calibration import windows

LENGTH = 320


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    for index in range(8):
        lines = [f"value_{index}_{line} = {line} + {index}" for line in range(40)]
        (folder / f"module{index}.py").write_text("\n".join(lines) + "\n")
    git = ["git", "-C", str(folder), "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "files"]):
        subprocess.run([*git, *command], check=True)
    return folder


def test_every_window_starts_with_the_sink_and_has_the_asked_length(tiny, repository):
    found = windows(tiny, [repository], 6, LENGTH, seed=0)
    assert found.shape == (6, LENGTH)
    assert (found[:, :4] == torch.tensor(tiny.manifest["sinkTokens"])).all()


def test_layouts_take_turns(tiny, repository):
    special = tiny.manifest["specialTokens"]
    first = [row[4].item() for row in windows(tiny, [repository], 4, LENGTH, seed=0)]
    assert first[1] == special["fimPrefix"] and first[3] == special["imStart"]
    assert first[0] < 256 and first[2] < 256
    assert all(token < 256 for token in windows(tiny, [repository], 4, LENGTH, seed=0, plainOnly=True)[:, 4].tolist())


def test_more_windows_begin_with_the_same_ones(tiny, repository):
    few, many = (windows(tiny, [repository], count, LENGTH, seed=0) for count in (3, 6))
    assert torch.equal(few, many[:3])


def test_windows_share_no_text(tiny, repository):
    rows = windows(tiny, [repository], 6, LENGTH, seed=0, plainOnly=True)[:, 4:].tolist()
    joined = tiny.tokenizer().decode([token for row in rows for token in row])
    lines = joined.splitlines()[1:-1]
    assert len(lines) == len(set(lines))


def test_too_little_text_is_said(tiny, repository):
    with pytest.raises(ValueError, match="too little text"):
        windows(tiny, [repository], 500, LENGTH, seed=0)
