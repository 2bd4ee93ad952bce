"""Answers to the prompts of `conversations`, written greedily with everything in view, and what is wrong with each.

    python -m sparsek_code.answers --base SIBLING.gguf --pack PACK --prompts prompts.jsonl.xz --out answers.jsonl.xz

Only answers without a fault are kept: they end by themselves, do not go round in circles, give the number of an excerpt,
quote and name nothing that is not in the excerpts, and say that the excerpts do not tell only where they do not. The shares
of the faults are printed: the same command with --updates CHECKPOINT, and another base, tells how another model does.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch

from . import checkpoint, weights
from .adapters import Adapters
from .conversations import load, save
from .decode import write
from .manifest import Pack
from .model import Model

MOST = 160
FENCE = re.compile(r"^(?:```|~~~~)[^\n]*\n(.*?)^(?:```|~~~~)", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"`([A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)(?:\(\))?`")
FILE = re.compile(r"(?<![\w/.@-])((?:[\w.@-]+/)+[\w.@-]+\.[A-Za-z]\w{0,7})(?::\d+)?(?![\w/])")
NUMBER = re.compile(r"\[(\d{1,2})\](?!\()")
DENIAL = re.compile(
    r"\b(?:excerpts?|code|information|context)\b[^.]*\b(?:not|n't|no)\b|\bnot\b[^.]*\b(?:given|shown|provided|mentioned|answer|contain)",
    re.IGNORECASE,
)
SENTENCE = 24
"""Characters of a sentence that should not stand twice."""


def faults(row: dict[str, Any], text: str, ended: bool) -> set[str]:
    evidence = row["evidence"]
    given = "\n".join([row["question"], *(f"{e['path']}\n{e['text']}" for e in evidence)])
    words, lines = set(re.findall(r"[A-Za-z_$][\w$]*", given)), {line.strip() for line in given.split("\n")}
    plain = FENCE.sub("", text)
    found = set() if ended and len(plain.strip()) >= SENTENCE else {"unfinished"}
    sentences = [s.strip() for s in re.split(r"(?<=[.!?:])\s+|\n", plain) if len(s.strip()) >= SENTENCE]
    if len(set(sentences)) < len(sentences) or re.search(r"(.{12,60}?)\1{2,}", text, re.DOTALL):
        found.add("repeats")
    named = [part for name in NAME.findall(plain) for part in re.split(r"\.|::", name)]
    paths = {e["path"] for e in evidence}
    if any(name not in words for name in named) or any(path not in paths and path not in given for path in FILE.findall(plain)):
        found.add("invents")
    if any(line.strip() and line.strip() not in lines for block in FENCE.findall(text) for line in block.split("\n")):
        found.add("misquotes")
    denies = bool(DENIAL.search(plain))
    if row["kind"] == "absent":
        return found if denies else found | {"guesses"}
    if denies:
        found.add("denies")
    if row["kind"] == "summary":
        return found
    numbers = [int(n) for n in NUMBER.findall(plain)]
    if not numbers or any(not 1 <= n <= len(evidence) for n in numbers):
        found.add("uncited")
    if row["kind"] == "which" and row["name"] not in text:
        found.add("misses")
    return found


def answer(model: Model, pack: Pack, rows: list[dict[str, Any]], batch: int, seconds: float) -> list[dict[str, Any]]:
    """The rows with `answer` tokens and `faults`, as many as are written in time; prompts of similar length go together."""
    special, tokenizer, begun = pack.manifest["specialTokens"], pack.tokenizer(), time.monotonic()
    ends, sink = {special["imEnd"], special["endOfText"]}, pack.manifest["sinkTokens"]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]["prompt"]))
    groups = [order[at : at + batch] for at in range(0, len(order), batch)]
    random.Random(0).shuffle(groups)  # what there is no time for has no length of its own
    done = []
    for group in groups:
        if time.monotonic() - begun > seconds:
            break
        for i, tokens in zip(group, write(model, [[*sink, *rows[i]["prompt"]] for i in group], ends, MOST), strict=True):
            ended = tokens[-1] in ends
            text = tokenizer.decode(tokens[:-1] if ended else tokens)
            done.append({**rows[i], "answer": tokens, "faults": sorted(faults(rows[i], text, ended))})
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="the model that writes")
    parser.add_argument("--updates", type=Path, help="checkpoint whose updates it has")
    parser.add_argument("--pack", type=Path, required=True, help="for its tokenizer")
    parser.add_argument("--prompts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--seconds", type=float, default=150)
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base = weights.load(options.base).to(device, torch.bfloat16 if device == "cuda" else torch.float32)
    adapters = checkpoint.load(options.updates, base.geometry)[0] if options.updates else Adapters(base.geometry)
    rows = answer(Model(base, adapters.to(device)), Pack(options.pack), load(options.prompts), options.batch, options.seconds)
    kept = [row for row in rows if not row["faults"]]
    save(options.out, kept)
    share = {name: round(n / len(rows), 3) for name, n in sorted(Counter(f for row in rows for f in row["faults"]).items())}
    kinds = dict(Counter(row["kind"] for row in kept))
    print(json.dumps({"written": len(rows), "kept": len(kept), "kinds": kinds, "faults": share}), flush=True)


if __name__ == "__main__":
    main()
