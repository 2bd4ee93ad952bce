"""Windows of code to calibrate quantisation on, and held-out ones to measure it with, in the layouts the model serves.

Every window starts with the sink. Then, in turn: a file as plain text (as streams and segments are read); a fill-in-the-middle
request with the suffix in front (as completions ask); plain text again; a chat turn with an excerpt (as questions ask).
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
from torch import Tensor

from .corpus import readGit
from .manifest import Pack

CHARACTERS_PER_REPOSITORY = 400_000


def windows(pack: Pack, repositories: list[Path], count: int, length: int, seed: int, plainOnly: bool = False) -> Tensor:
    """int64 [count, length], drawn from the repositories in turn; no two windows share text."""
    tokenizer, sink = pack.tokenizer(), pack.manifest["sinkTokens"]
    streams = [fileTokens(tokenizer, directory, seed) for directory in repositories]
    rows: list[list[int]] = []
    for index in range(count):
        stream = streams[index % len(streams)]
        room = length - len(sink)
        if len(stream) < room:
            raise ValueError(f"{repositories[index % len(streams)]} has too little text for its share of {count} windows.")
        body, stream[:room] = stream[:room], []
        turn = (index // len(streams)) % 4
        layout = [plain, fillInTheMiddle, plain, chat][0 if plainOnly else turn]
        rows.append((sink + layout(body, pack, tokenizer))[:length])
    return torch.tensor(rows)


def fileTokens(tokenizer, directory: Path, seed: int) -> list[int]:
    """Files of a repository in random order, each behind its path, as one list."""
    texts = [f"{path}\n{text}" for path, text in readGit(directory, CHARACTERS_PER_REPOSITORY, seed)]
    random.Random(seed).shuffle(texts)
    return [token for text in texts for token in tokenizer.encode(text)]


def plain(body: list[int], pack: Pack, tokenizer) -> list[int]:
    return body


def fillInTheMiddle(body: list[int], pack: Pack, tokenizer) -> list[int]:
    """SPM: markers and suffix (up to 256 tokens) in front, then the prefix and what fills the gap."""
    special = pack.manifest["specialTokens"]
    suffix, rest = body[-256:], body[:-256]
    return [special["fimPrefix"], special["fimSuffix"], *suffix, special["fimMiddle"], *rest]


def chat(body: list[int], pack: Pack, tokenizer) -> list[int]:
    special = pack.manifest["specialTokens"]
    head = [special["imStart"], *tokenizer.encode("user\nWhat does this code do, and what should a reader know?\n```\n")]
    turn = [*tokenizer.encode("\n```"), special["imEnd"], *tokenizer.encode("\n"), special["imStart"]]
    half = len(body) // 2
    return [*head, *body[:half], *turn, *tokenizer.encode("assistant\n"), *body[half:]]
