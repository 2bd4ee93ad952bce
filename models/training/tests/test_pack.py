"""What is written into a pack is what is read from it, laid out as the manifest promises."""

import hashlib
import json

import pytest
import torch
from torch import Tensor

from sparsek_code.download import sha256
from sparsek_code.export import SHARD_BYTES, feedForwardCuts, shardOf
from sparsek_code.geometry import Geometry
from sparsek_code.manifest import Pack, refresh
from sparsek_code.tiny import tinyPack


def test_every_tensor_reads_back_exactly(tiny):
    _, weights, _, _ = tinyPack(seed=0)
    assert set(tiny.manifest["tensors"]) == set(weights)
    for name, tensor in weights.items():
        expected = tensor if isinstance(tensor, Tensor) else tensor.dequantise()
        assert torch.equal(tiny.tensor(name), expected), name


def test_tensors_start_on_pages_and_scales_on_cache_lines(tiny):
    for entry in tiny.manifest["tensors"].values():
        assert entry["offset"] % 4096 == 0
        for part in ("scales", "zeroPoints"):
            assert part not in entry or entry[part]["offset"] % 64 == 0


def test_files_are_listed_with_size_and_hash_and_the_version_follows_from_the_hashes(tiny):
    files = tiny.manifest["files"]
    for name, entry in files.items():
        assert entry == {"bytes": (tiny.folder / name).stat().st_size, "sha256": sha256(tiny.folder / name)}
    joined = "".join(f"{name} {files[name]['sha256']}\n" for name in sorted(files))
    assert tiny.manifest["packVersion"] == hashlib.sha256(joined.encode()).hexdigest()[:16]


def test_the_version_changes_with_a_shard(tmp_path, tiny):
    for file in tiny.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    with (tmp_path / "scorers.bin").open("r+b") as shard:
        shard.write(b"\1")
    refresh(tmp_path, manifest)
    assert manifest["packVersion"] != tiny.manifest["packVersion"]


def test_an_unknown_format_version_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"formatVersion": 2}))
    with pytest.raises(ValueError, match="format version 2"):
        Pack(tmp_path)


def test_what_training_changes_lies_in_files_of_its_own():
    geometry = Geometry(24, 896, 14, 2, 64, 4864, 151936, 1e6, 1e-6, 32768, 64)
    attention = {shardOf(f"layers.3.attention.{name}.weight", geometry) for name in ("queryKeyValue", "output")}
    feedForward = [shardOf(f"layers.{layer}.feedForward.up.weight", geometry) for layer in range(24)]
    assert attention == {"attention.bin"}
    assert shardOf("layers.3.scorer.hidden.weight", geometry) == "scorers.bin"
    assert [feedForward.index(name) for name in dict.fromkeys(feedForward)] == [0, 9, 18]
    assert {"feed-forward-00-08.bin", "feed-forward-09-17.bin", "feed-forward-18-23.bin"} == set(feedForward)


def test_feed_forward_files_of_any_geometry_hold_every_layer_once_and_stay_small():
    for layers, width, feedForwardWidth in ((28, 1536, 8960), (24, 896, 4864), (1, 64, 96), (3, 64, 96), (40, 5120, 13824)):
        cuts = feedForwardCuts(Geometry(layers, width, width // 64, 2, 64, feedForwardWidth, 1000, 1e6, 1e-6, 4096, 0))
        assert [layer for start, end in cuts for layer in range(start, end)] == list(range(layers))
        perLayer = 3 * width * feedForwardWidth * 4.625 / 8
        assert all(end - start == 1 or (end - start) * perLayer <= SHARD_BYTES for start, end in cuts)
