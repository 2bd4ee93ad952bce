"""Excerpts of files: the lines that share most words with a question, as the engine quotes them but by simpler rules."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import numpy as np

from .prompts import Evidence

QUOTED_LINES, LONGEST_QUOTE = 4, 400
WORD = re.compile(r"[A-Za-z]{3,}")


def stems(text: str) -> set[str]:
    """Words of names and prose, without their endings."""
    parts = (part.lower() for word in WORD.findall(text) for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", word))
    return {re.sub(r"(?:ing|ed|es|s)$", "", part) for part in parts if len(part) > 2}


def window(lines: list[str], wanted: set[str], most: int) -> tuple[int, int]:
    """First line and number of words shared: the run of `most` lines that has most of the wanted words, the earliest of them."""
    words = [stems(line) & wanted for line in lines]
    shared = [len(set().union(*words[i : i + most])) if words[i] else 0 for i in range(len(lines))]
    best = int(np.argmax(shared)) if shared else 0
    return best, shared[best] if shared else 0


def evidenceOf(path: str, lines: list[str], start: int, end: int, wanted: set[str], before: int = 0) -> Evidence:
    """Lines `start` to `end` (0-based, exclusive), of a text that begins behind `before` lines of its file, without blank ends."""
    end = min(end, len(lines))
    while start < end - 1 and not lines[start].strip():
        start += 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    taken = lines[start:end]
    quote = min(window(taken, wanted, QUOTED_LINES)[0], max(0, len(taken) - QUOTED_LINES))
    quoted = "\n".join(taken[quote : quote + QUOTED_LINES])[:LONGEST_QUOTE]
    place = before + start + 1
    return Evidence(path, place, place + len(taken) - 1, "\n".join(taken), languageOf(path), quoted, place + quote)


def usesIn(evidence: Evidence, name: str) -> list[int]:
    lines = evidence.text.split("\n")
    return [evidence.startLine + i for i, line in enumerate(lines) if re.search(rf"\b{re.escape(name)}\b", line)][:1]


def languageOf(path: str) -> str:
    return PurePosixPath(path).suffix[1:].lower()
