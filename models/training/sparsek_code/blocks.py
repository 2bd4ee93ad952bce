"""Block-quantised matrices in the layout of ONNX Runtime's MatMulNBits.

A matrix [out, in] is cut along `in` into blocks of `blockSize`; every block has an fp16 scale and a zero point:

    weight = scale * (code - zeroPoint),   code in 0 .. 2^bits - 1

Symmetric matrices store no zero points; theirs is 2^(bits-1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor


@dataclass
class BlockMatrix:
    bits: int
    blockSize: int
    codes: Tensor
    """uint8 [out, in], one code an element."""
    scales: Tensor
    """float16 [out, in / blockSize]"""
    zeroPoints: Tensor | None
    """uint8 [out, in / blockSize]; None = symmetric."""

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape[0], self.codes.shape[1]

    def to(self, device: torch.device | str) -> BlockMatrix:
        zeroPoints = None if self.zeroPoints is None else self.zeroPoints.to(device)
        return replace(self, codes=self.codes.to(device), scales=self.scales.to(device), zeroPoints=zeroPoints)

    def dequantise(self) -> Tensor:
        """float32 [out, in]: exactly the numbers the engine multiplies with."""
        out, width = self.shape
        codes = self.codes.view(out, -1, self.blockSize).float()
        zero = float(1 << (self.bits - 1)) if self.zeroPoints is None else self.zeroPoints.float()[:, :, None]
        return ((codes - zero) * self.scales.float()[:, :, None]).view(out, width)


def grid(weight: Tensor, bits: int, symmetric: bool) -> tuple[Tensor, Tensor]:
    """Scale and zero point for each block of `weight` [..., blockSize] that spans its values.

    Asymmetric grids span min to max (zero included, so that zero is exact). Symmetric ones put the value of largest
    magnitude on the outermost code, -2^(bits-1), whatever its sign: the grid has one more code on that side.
    Returns float32 tensors [...]; scales are already rounded to fp16.
    """
    levels = (1 << bits) - 1
    if symmetric:
        largest = weight.gather(-1, weight.abs().argmax(-1, keepdim=True)).squeeze(-1)
        scale = nonZero((-largest / (1 << (bits - 1))).half().float())
        return scale, torch.full_like(scale, float(1 << (bits - 1)))
    low, high = weight.amin(-1).clamp(max=0), weight.amax(-1).clamp(min=0)
    scale = nonZero(((high - low) / levels).half().float())
    return scale, (-low / scale).round().clamp(0, levels)


def nonZero(scale: Tensor) -> Tensor:
    """A block of zeros, or one whose scale underflows fp16, gets scale 1: every code then decodes to a small integer."""
    return torch.where(scale == 0, torch.ones_like(scale), scale)


def encode(weight: Tensor, scale: Tensor, zero: Tensor, bits: int) -> Tensor:
    """The nearest code for each weight, as float. Shapes broadcast."""
    return (weight / scale + zero).round().clamp(0, (1 << bits) - 1)


def roundToNearest(weight: Tensor, bits: int, symmetric: bool, blockSize: int = 32) -> BlockMatrix:
    """Quantises a float matrix [out, in] block by block, with no regard to what it will be multiplied with."""
    blocks = weight.float().view(weight.shape[0], -1, blockSize)
    scale, zero = grid(blocks, bits, symmetric)
    codes = encode(blocks, scale[..., None], zero[..., None], bits).to(torch.uint8).view(weight.shape)
    return BlockMatrix(bits, blockSize, codes, scale.half(), None if symmetric else zero.to(torch.uint8))


def pack(values: Tensor, bits: int) -> np.ndarray:
    """uint8 codes [rows, n] to bytes [rows, ceil(n * bits / 8)]; of two 4-bit codes in a byte the first is the low one."""
    array = values.numpy()
    if bits == 8:
        return array
    if array.shape[1] % 2:
        array = np.pad(array, ((0, 0), (0, 1)))
    return array[:, 0::2] | (array[:, 1::2] << 4)


def unpack(data: np.ndarray, bits: int, count: int) -> Tensor:
    """The inverse of `pack`: bytes [rows, ...] to uint8 codes [rows, count]."""
    if bits == 8:
        return torch.from_numpy(data.copy())
    codes = np.stack((data & 15, data >> 4), axis=-1).reshape(data.shape[0], -1)
    return torch.from_numpy(np.ascontiguousarray(codes[:, :count]))
