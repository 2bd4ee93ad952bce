"""Shared: a tiny pack, written once."""

from pathlib import Path

import pytest
from hypothesis import settings

from sparsek_code.export import writeShards
from sparsek_code.manifest import Pack, refresh
from sparsek_code.tiny import tinyPack
from sparsek_code.tokenizer import writeRanks

# A busy machine is slow, not wrong; the same examples every time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Pack:
    folder: Path = tmp_path_factory.mktemp("tiny")
    geometry, weights, manifest, ranks = tinyPack(seed=0)
    writeRanks(ranks, folder / manifest["tokenizer"]["file"])
    manifest["tensors"] = writeShards(folder, geometry, weights)
    refresh(folder, manifest)
    return Pack(folder)
