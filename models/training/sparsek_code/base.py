"""The base model's tensors, dequantised to float32 one by one."""

from __future__ import annotations

from pathlib import Path

import torch
from gguf import GGUFReader, dequantize
from torch import Tensor

from .geometry import Geometry


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
