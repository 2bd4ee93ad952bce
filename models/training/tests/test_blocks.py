"""Block quantisation and its byte layout."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from sparsek_code.blocks import BlockMatrix, pack, roundToNearest, unpack


@given(st.integers(0, 2**31), st.sampled_from([4, 8]), st.booleans(), st.integers(1, 5), st.integers(1, 4))
def test_rounding_is_off_by_little_more_than_a_step_even_at_the_ends_of_the_grid(seed, bits, symmetric, rows, blocks):
    weight = torch.randn(rows, blocks * 32, generator=torch.Generator().manual_seed(seed))
    matrix = roundToNearest(weight, bits, symmetric)
    step = matrix.scales.float().abs().repeat_interleave(32, 1)
    # The ends may be cut off by up to a step: symmetric grids lack a code on one side, zero points are whole numbers. The
    # scale itself is rounded to fp16, which shows at 255 steps from zero.
    assert ((matrix.dequantise() - weight).abs() <= step * 1.13).all()


def test_symmetric_grids_hold_the_largest_value_of_either_sign_exactly():
    for largest in (-4.0, 4.0):
        weight = torch.linspace(-1, 1, 32)[None].clone()
        weight[0, 7] = largest
        assert roundToNearest(weight, 4, symmetric=True).dequantise()[0, 7] == largest


def test_a_block_of_zeros_stays_zero():
    for symmetric in (True, False):
        assert (roundToNearest(torch.zeros(2, 64), 4, symmetric).dequantise() == 0).all()


def test_four_bit_codes_are_packed_low_nibble_first_and_odd_rows_are_padded():
    codes = torch.tensor([[1, 2, 3]], dtype=torch.uint8)
    assert pack(codes, 4).tolist() == [[0x21, 0x03]]


@given(st.integers(0, 2**31), st.sampled_from([4, 8]), st.integers(1, 9))
def test_unpacking_inverts_packing(seed, bits, count):
    codes = torch.randint(0, 1 << bits, (3, count), generator=torch.Generator().manual_seed(seed)).to(torch.uint8)
    assert torch.equal(unpack(pack(codes, bits), bits, count), codes)


def test_zero_points_shift_the_grid():
    codes = torch.arange(32, dtype=torch.uint8)[None] % 16
    matrix = BlockMatrix(4, 32, codes, torch.tensor([[0.5]], dtype=torch.float16), torch.tensor([[3]], dtype=torch.uint8))
    assert matrix.dequantise()[0, 5] == 1.0
