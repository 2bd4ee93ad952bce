"""GPTQ (arXiv 2210.17323) for block-quantised matrices, and coordinate descent after it.

All parts minimise the same thing for a matrix W [out, in] and the inputs x it meets, H = E[x x^T]:

    sum over rows of (w - v)^T H (w - v),   v = the quantised row

1. Grids: each block's spans its values.
2. GPTQ: columns are rounded one by one, those with the strongest inputs first; the error of each is passed on to the
   columns still unrounded, through the inverse of H.
3. Scales refitted: with the codes fixed the scales of a row are a least-squares problem.
4. Descent: each code moves to its best value given all others (as in QuantEase, arXiv 2309.01885).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .blocks import BlockMatrix, encode, grid, nonZero

COLUMNS_AT_ONCE = 128
"""Errors are passed on column by column within so many columns, and to the others by one matrix product."""


@dataclass(frozen=True)
class Recipe:
    bits: int
    symmetric: bool
    blockSize: int = 32
    damping: float = 0.03
    """Added to the diagonal of H, as a share of its mean: trust in the calibration text against overfitting."""
    sweeps: int = 1
    """Rounds of refitting scales and descent."""


def damped(hessian: Tensor, damping: float) -> Tensor:
    return hessian + torch.eye(len(hessian)) * (damping * hessian.diagonal().mean())


def gptq(weight: Tensor, hessian: Tensor, recipe: Recipe) -> BlockMatrix:
    """Quantises W [out, in] for inputs with H [in, in], both float32."""
    hessian = damped(hessian, recipe.damping)
    scale, zero = grid(weight.view(len(weight), -1, recipe.blockSize), recipe.bits, recipe.symmetric)
    order = hessian.diagonal().argsort(descending=True)
    ordered = hessian[order][:, order]
    # Row i of the upper Cholesky factor of H^-1 says how an error in column i is best spread over the columns after it.
    factor = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(ordered)), upper=True)
    block = (order // recipe.blockSize).tolist()
    scales, zeros = scale.T.contiguous(), zero.T.contiguous()
    work, codes = weight.T[order].contiguous(), torch.empty(len(order), len(weight))  # a row here is a column of W
    for start in range(0, len(order), COLUMNS_AT_ONCE):
        end = min(start + COLUMNS_AT_ONCE, len(order))
        errors = torch.empty(end - start, len(weight))
        for column in range(start, end):
            s, z = scales[block[column]], zeros[block[column]]
            codes[column] = encode(work[column], s, z, recipe.bits)
            error = (work[column] - (codes[column] - z) * s) / factor[column, column]
            work[column + 1 : end].addr_(factor[column, column + 1 : end], error, alpha=-1)
            errors[column - start] = error
        work[end:].addmm_(factor[start:end, end:].T, errors, alpha=-1)
    codes = codes[order.argsort()].T.contiguous()
    for _ in range(recipe.sweeps):
        scale = refitScales(weight, hessian, codes, scale, zero, recipe)
        codes = descend(weight, hessian, codes, scale, zero, recipe, order)
    zeroPoints = None if recipe.symmetric else zero.to(torch.uint8)
    return BlockMatrix(recipe.bits, recipe.blockSize, codes.to(torch.uint8), scale.half(), zeroPoints)


def refitScales(weight: Tensor, hessian: Tensor, codes: Tensor, scale: Tensor, zero: Tensor, recipe: Recipe) -> Tensor:
    """The scales [out, blocks], in fp16 steps, that minimise the error for fixed codes.

    Row by row with steps D [blocks, in] (the row's code - zero point, each block in a row of its own): (D H D^T) s = D H w.
    """
    size, blocks = recipe.blockSize, scale.shape[1]
    steps = codes - zero.repeat_interleave(size, 1)  # [out, in]
    target = (weight @ hessian * steps).view(-1, blocks, size).sum(-1)  # [out, blocks]
    gram = torch.empty(len(weight), blocks, blocks)
    for block in range(blocks):
        columns = slice(block * size, (block + 1) * size)
        gram[:, block] = (steps[:, columns] @ hessian[columns] * steps).view(-1, blocks, size).sum(-1)
    ridge = gram.diagonal(dim1=1, dim2=2).mean(-1, keepdim=True) * 1e-4  # [out, 1]: keeps a block of zero codes where it was
    gram.diagonal(dim1=1, dim2=2).add_(ridge)
    refitted = torch.cholesky_solve((target + ridge * scale)[:, :, None], torch.linalg.cholesky(gram)).squeeze(-1)
    sane = (refitted / scale > 0.5) & (refitted / scale < 2)
    return nonZero(torch.where(sane, refitted, scale).half().float())


def descend(weight: Tensor, hessian: Tensor, codes: Tensor, scale: Tensor, zero: Tensor, recipe: Recipe, order: Tensor) -> Tensor:
    """One sweep of coordinate descent over the columns, in `order`; returns the new codes [out, in]."""
    block, scales, zeros = (order // recipe.blockSize).tolist(), scale.T.contiguous(), zero.T.contiguous()
    full = lambda x: x.repeat_interleave(recipe.blockSize, 1)  # noqa: E731
    difference = weight - (codes - full(zero)) * full(scale)
    wanted = (hessian[order] @ difference.T).contiguous()  # [in, out]: H times what each row still lacks
    ordered, codes = hessian[order][:, order], codes.T[order].contiguous()  # a row here is a column of W
    for start in range(0, len(order), COLUMNS_AT_ONCE):
        end = min(start + COLUMNS_AT_ONCE, len(order))
        moves = torch.empty(end - start, len(weight))
        for column in range(start, end):
            s, z = scales[block[column]], zeros[block[column]]
            new = encode((codes[column] - z) * s + wanted[column] / ordered[column, column], s, z, recipe.bits)
            move = (new - codes[column]) * s
            wanted[column:end].addr_(ordered[column, column:end], move, alpha=-1)
            moves[column - start] = move
            codes[column] = new
        wanted[end:].addmm_(ordered[start:end, end:].T, moves, alpha=-1)
    return codes[order.argsort()].T.contiguous()


def objective(weight: Tensor, quantised: Tensor, hessian: Tensor) -> float:
    """The error that is minimised, as a share of that of a matrix of zeros."""
    difference = weight - quantised
    return float(((difference @ hessian) * difference).sum() / ((weight @ hessian) * weight).sum())
