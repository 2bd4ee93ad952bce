"""What a run leaves behind: the adapters, and enough of the optimiser to go on. One file of a few megabytes.

Weights are kept in fp16 and the whole is compressed (LZMA, aligned to two bytes). Adam's second moments are kept as the outer product of their row and
column means (as in Adafactor, arXiv 1804.04235); first moments start from zero and are right again after some ten steps.
"""

from __future__ import annotations

import io
import lzma
import pickle
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from .adapters import Adapters
from .geometry import Geometry

FORMAT = 1
COMPRESSION = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 1, "pb": 1}]


def save(
    path: Path, adapters: Adapters, geometry: Geometry, progress: dict, optimiser: torch.optim.Optimizer | None = None
) -> None:
    """Written beside its place first, so that a run cut short never leaves half a file under the final name."""
    kept = {name: x.detach().cpu().half() for name, x in adapters.named_parameters()}
    moments = (
        {n: factor(optimiser.state[x]["exp_avg_sq"]) for n, x in adapters.named_parameters() if x in optimiser.state}
        if optimiser
        else {}
    )
    whole = io.BytesIO()
    torch.save({"format": FORMAT, "geometry": asdict(geometry), "adapters": kept, "moments": moments, "progress": progress}, whole)
    partial = path.with_suffix(".partial")
    partial.write_bytes(lzma.compress(whole.getvalue(), filters=COMPRESSION))
    partial.replace(path)


def load(path: Path, geometry: Geometry) -> tuple[Adapters, dict, dict[str, tuple[Tensor, Tensor]]]:
    """Adapters, progress and factored moments. Raises ValueError for a damaged file or another model's."""
    try:
        saved = torch.load(io.BytesIO(lzma.decompress(path.read_bytes())), weights_only=True)
    except (RuntimeError, OSError, EOFError, lzma.LZMAError, pickle.UnpicklingError) as error:
        raise ValueError(
            f"{path} is no whole checkpoint ({error}). It may have been cut short: resume from an earlier one."
        ) from error
    if saved["format"] != FORMAT:
        raise ValueError(f"{path} has format {saved['format']}; this code reads {FORMAT}.")
    found = Geometry(**saved["geometry"])
    if {**asdict(found), "scorerHidden": 0} != {**asdict(geometry), "scorerHidden": 0}:
        raise ValueError(f"{path} was trained for another model: {found}, not {geometry}. Name the base it belongs to.")
    adapters = Adapters(found, rank=saved["adapters"]["down"].shape[2])
    adapters.load_state_dict({name: x.float() for name, x in saved["adapters"].items()})
    return adapters, saved["progress"], saved["moments"]


def restoreMoments(
    optimiser: torch.optim.Optimizer, adapters: Adapters, moments: dict[str, tuple[Tensor, Tensor]], step: int
) -> None:
    for name, x in adapters.named_parameters():
        if name in moments:
            second = expand(*moments[name]).to(x)
            optimiser.state[x] = {
                "step": torch.tensor(float(step), device=x.device), "exp_avg": torch.zeros_like(x), "exp_avg_sq": second,
            }  # fmt: skip


def factor(moment: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column means of the last two dimensions."""
    return moment.mean(-1).cpu(), moment.mean(-2).cpu()


def expand(rows: Tensor, columns: Tensor) -> Tensor:
    return rows[..., :, None] * columns[..., None, :] / columns.mean(-1)[..., None, None].clamp(min=1e-30)
