"""What quantisation costs: a pack's loss against the base's on held-out text, token by token.

    python -m sparsek_code.measure --cache CACHE --pack PACK --repos GIT_DIRECTORY...

Both models are computed in float32 (or bfloat16, for a quick look) with PyTorch from the exact dequantised values; with
--graph the pack runs as it ships.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor

from .base import Base
from .calibration import windows
from .download import QWEN_05B, obtain
from .manifest import Pack
from .trained import Trained
from .transformer import finalStates, linear, rotary

CHUNK = 256
"""Tokens in one run of the graph."""


def compare(first: Tensor, other: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """Per token: both losses, the divergence KL(first || other), and whether the most likely token is the same.

    Logits [n, vocabulary] of both models, targets [n].
    """
    first, other = F.log_softmax(first, -1), F.log_softmax(other, -1)
    pick = lambda x: -x.gather(1, targets[:, None])[:, 0]  # noqa: E731
    return {
        "firstLoss": pick(first),
        "otherLoss": pick(other),
        "divergence": F.kl_div(other, first, reduction="none", log_target=True).sum(-1),
        "sameTop": (first.argmax(-1) == other.argmax(-1)).float(),
    }


class Graph:
    """The pack's own decoder graph in ONNX Runtime: what ships, int8 activations included."""

    def __init__(self, pack: Pack) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        path = pack.folder / pack.manifest["graphs"]["decoder"]
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.geometry = pack.geometry

    def logits(self, tokens: Tensor) -> Tensor:
        """int64 [T] -> [T, vocabulary], read in chunks over a cache of T slots."""
        g, slots = self.geometry, len(tokens)
        cosine, sine = rotary(torch.arange(slots), g)
        empty = np.zeros((1, g.keyValueHeads, slots, g.headDim), np.float32)
        names = [f"{kind}.{layer}" for layer in range(g.layers) for kind in ("keys", "values")]
        cache = {name: empty for name in names}
        outputs = ["logits", *("new" + name[0].upper() + name[1:] for name in names)]
        rows = []
        for start in range(0, slots, CHUNK):
            part = tokens[start : start + CHUNK].numpy().astype(np.int32)[None]
            count = part.shape[1]
            feeds = {
                "tokens": part, "logitRows": np.arange(count, dtype=np.int32),
                "lastSlot": np.array([start + count - 1], np.int32), "slotsInUse": np.array([start + count], np.int32),
                "cosine": cosine.numpy(), "sine": sine.numpy(), **cache,
            }  # fmt: skip
            logits, *written = self.session.run(outputs, feeds)
            cache = dict(zip(names, written, strict=True))
            rows.append(torch.from_numpy(logits[0]))
        return torch.cat(rows)


def summarise(tokens: dict[str, Tensor]) -> dict[str, float]:
    cost = tokens["otherLoss"] - tokens["firstLoss"]
    return {
        "tokens": len(cost),
        "baseLoss": float(tokens["firstLoss"].mean()),
        "loss": float(tokens["otherLoss"].mean()),
        "cost": float(cost.mean()),
        "costStandardError": float(cost.std() / len(cost) ** 0.5),
        "divergence": float(tokens["divergence"].mean()),
        "topAgreement": float(tokens["sameTop"].mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of the base (see download.py)")
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--repos", type=Path, nargs="+", required=True, help="git directories that calibration did not read")
    parser.add_argument("--checkpoint", type=Path, help="compare with the base as this checkpoint updates it")
    parser.add_argument("--windows", type=int, default=24)
    parser.add_argument("--length", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--graph", action="store_true", help="the pack through decoder.onnx in ONNX Runtime")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--states", type=Path, help="where to keep the base's hidden states from one measurement to the next")
    options = parser.parse_args()
    torch.set_grad_enabled(False)

    pack, source = Pack(options.pack), Base(obtain(QWEN_05B, options.cache))
    base = Trained(source, options.checkpoint) if options.checkpoint else source
    dtype = torch.bfloat16 if options.bfloat16 else torch.float32
    tokens = windows(pack, options.repos, options.windows, options.length, options.seed, plainOnly=True)
    geometry, table, packTable = pack.geometry, base.embedding(), pack.tensor("embedding.weight")
    if options.states and options.states.exists():
        baseStates = torch.load(options.states)
    else:
        baseStates = finalStates(tokens, table, base.layer, base.finalNorm(), geometry, dtype)
    if options.states:
        torch.save(baseStates, options.states)
    graph = Graph(pack) if options.graph else None
    if graph is None:
        packStates = finalStates(tokens, packTable, pack.layer, pack.tensor("finalNorm.weight"), geometry, dtype)
    table, packTable = table.to(dtype), packTable.to(dtype)
    sink, parts = len(pack.manifest["sinkTokens"]), []
    for index, window in enumerate(tokens):
        first = linear(baseStates[index], table)
        other = linear(packStates[index], packTable) if graph is None else graph.logits(window)
        parts.append(compare(first[sink:-1], other[sink:-1], window[sink + 1 :]))
    result = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    print(json.dumps(summarise(result), indent=1))


if __name__ == "__main__":
    main()
