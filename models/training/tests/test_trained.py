"""A checkpoint in the base's place, and landed in a pack."""

import shutil

import pytest
import torch

from sparsek_code import checkpoint
from sparsek_code.adapters import STRENGTH, Adapters
from sparsek_code.blocks import roundToNearest
from sparsek_code.manifest import Pack
from sparsek_code.trained import Trained, land


class PackAsBase:
    """A tiny pack read through the interface of the GGUF reader."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def geometry(self, scorerHidden: int = 8):
        return self.pack.geometry

    def layer(self, index: int) -> dict[str, torch.Tensor]:
        return self.pack.layer(index)


@pytest.fixture
def trained(tiny, tmp_path) -> Trained:
    adapters = Adapters(tiny.geometry, rank=4, seed=1)
    with torch.no_grad():
        adapters.up.normal_(std=0.1)
        adapters.outputUp.normal_(std=0.1)
    checkpoint.save(tmp_path / "joint.pt.xz", adapters, tiny.geometry, {"step": 1})
    return Trained(PackAsBase(tiny), tmp_path / "joint.pt.xz")


def test_attention_is_the_base_plus_the_low_rank_update(tiny, trained):
    before, after, adapters = tiny.layer(1), trained.layer(1), trained.adapters
    query = STRENGTH * adapters.up[1][: tiny.geometry.queryWidth] @ adapters.down[1, 0]
    name = "attention.queryKeyValue.weight"
    assert torch.allclose(after[name][: tiny.geometry.queryWidth], before[name][: tiny.geometry.queryWidth] + query, atol=1e-5)
    assert torch.equal(after["feedForward.up.weight"], before["feedForward.up.weight"])


def test_landing_rewrites_attention_and_scorers_and_no_other_shard(tiny, trained, tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(tiny.folder, folder)
    land(trained, folder)
    landed = Pack(folder)
    changed = {name for name, entry in landed.manifest["files"].items() if entry != tiny.manifest["files"][name]}
    assert changed == {"attention.bin", "scorers.bin"}
    assert landed.manifest["packVersion"] != tiny.manifest["packVersion"]
    wanted = roundToNearest(trained.layer(2)["attention.output.weight"], 4, symmetric=False).dequantise()
    assert torch.equal(landed.tensor("layers.2.attention.output.weight"), wanted)
    assert torch.equal(landed.tensor("layers.0.scorer.hidden.weight"), trained.adapters.hidden[0])


def test_landing_names_the_layers_shares_of_the_memory_where_they_are_given(tiny, trained, tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(tiny.folder, folder)
    land(trained, folder, (0.5, 0.5, 2.0))
    assert Pack(folder).layerShares == (0.5, 0.5, 2.0)
    land(trained, folder)
    assert Pack(folder).layerShares == (0.5, 0.5, 2.0)
    with pytest.raises(ValueError, match="3 layers need as many shares"):
        land(trained, folder, (1.0, 1.0))


def test_a_pack_of_another_scorer_is_left_alone(tiny, trained, tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(tiny.folder, folder)
    text = (folder / "manifest.json").read_text().replace('"scorerHidden": 8', '"scorerHidden": 16')
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match="another model or scorer"):
        land(trained, folder)
    assert (folder / "attention.bin").read_bytes() == (tiny.folder / "attention.bin").read_bytes()
