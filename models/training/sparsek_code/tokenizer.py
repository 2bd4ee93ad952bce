"""The tokenizer: Qwen2's byte-level BPE, exported from the GGUF as a tiktoken rank file.

Byte-level BPE merges the adjacent pair that forms the token of lowest rank; in this vocabulary ranks are token ids, so
the list of tokens is the whole tokenizer.
"""

from __future__ import annotations

import base64
import unicodedata
from pathlib import Path

import tiktoken

from .base import Base

# Qwen2's pre-tokeniser: contractions, words with one leading mark, single digits, runs of marks, line ends, blanks.
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
NORMAL, CONTROL, USER_DEFINED = 1, 3, 4
"""Token types of the GGUF format; the vocabulary's padding rows have another."""


def byteAlphabet() -> dict[str, int]:
    """GPT-2's table that writes every byte as one printable character, inverted."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


def ranksAndSpecials(base: Base) -> tuple[dict[bytes, int], dict[str, int]]:
    alphabet = byteAlphabet()
    tokens, types = base.field("tokenizer.ggml.tokens"), base.field("tokenizer.ggml.token_type")
    ranks, specials = {}, {}
    for index, (token, kind) in enumerate(zip(tokens, types, strict=True)):
        if kind == NORMAL:
            ranks[bytes(alphabet[character] for character in token)] = index
        elif kind in (CONTROL, USER_DEFINED):
            specials[token] = index
    return ranks, specials


def writeRanks(ranks: dict[bytes, int], path: Path) -> None:
    """tiktoken's format: a line per token, base64 of its bytes and its rank."""
    path.write_bytes(b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items()))


class Tokenizer:
    """Text to token ids and back. Text is normalised to NFC first, as the base was trained."""

    def __init__(self, path: Path, pattern: str, specials: dict[str, int]) -> None:
        lines = (line.split() for line in path.read_bytes().splitlines())
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        self.encoding = tiktoken.Encoding("qwen2", pat_str=pattern, mergeable_ranks=ranks, special_tokens=specials)

    def encode(self, text: str) -> list[int]:
        """Special tokens written out in `text` are plain text here: nobody can forge one."""
        return self.encoding.encode(unicodedata.normalize("NFC", text), disallowed_special=())

    def decode(self, tokens: list[int]) -> str:
        return self.encoding.decode(tokens)
