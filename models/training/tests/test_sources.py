import io
import tarfile
from pathlib import Path

import pytest

from sparsek_code.corpus import readGit
from sparsek_code.sources import download, gitOf, write

MODULE = "def first(argument):\n    return argument\n\n\n" * 8


def archive(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            file.addfile(entry, io.BytesIO(text.encode()))
    return path


def test_an_archive_is_read_as_a_repository_is(tmp_path):
    packed = archive(
        tmp_path / "a.tar.gz",
        {"a-1/src/a.py": MODULE, "a-1/.gitignore": "src\n", "a-1/README.md": MODULE, "a-1/vendor/b.py": MODULE},
    )
    files = dict(readGit(gitOf(packed, tmp_path), 10_000))
    assert files == {"src/a.py": MODULE}


def test_a_tree_has_the_text_as_it_is(tmp_path):
    text = MODULE.replace("\n", "\r\n") + "# é 漢\n"
    assert write(tmp_path / "tree", [("deep/er/a.py", text)]) == 1
    assert (tmp_path / "tree/deep/er/a.py").read_bytes() == text.encode()


def test_a_tree_is_there_whole_or_not_at_all(tmp_path):
    def broken():
        yield "a.py", MODULE
        raise OSError("the disk is full")

    with pytest.raises(OSError):
        write(tmp_path / "tree", broken())
    with pytest.raises(ValueError, match="no usable source file"):
        write(tmp_path / "tree", [])
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_cannot_be_had_is_named(tmp_path):
    with pytest.raises(ValueError, match="No source archive of nothing"):
        download(["false"], "nothing", "*.tgz", tmp_path)
