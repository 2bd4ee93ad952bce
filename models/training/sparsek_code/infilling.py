"""HumanEval-infilling, single lines (openai/human-eval-infilling): the share of programs that work with the line as completed.

    python -m sparsek_code.infilling --pack PACK --data HumanEval-SingleLineInfilling.jsonl.gz --json OUT.json

The prompt is that of a completion request (suffix first), all in view: these files are short. Greedy. The base at the same
quantisation: a pack without training. Every program runs in a process of its own, in an empty folder, with a time limit.
It is code that a model wrote: run this where that may do no harm.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from . import weights
from .adapters import Adapters
from .episodes import SINK
from .manifest import Pack
from .model import Model
from .tokenizer import Tokenizer

LONGEST = 96
"""Tokens of a line at most."""
SECONDS = 15
"""A program's time limit."""


def problems(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") as file:
        return [json.loads(line) for line in file]


def promptOf(problem: dict[str, str], special: dict[str, int], tokenizer: Tokenizer) -> list[int]:
    before, behind = tokenizer.encode(problem["prompt"]), tokenizer.encode(problem["suffix"])
    return [*SINK, special["fimPrefix"], special["fimSuffix"], *behind, special["fimMiddle"], *before]


@torch.no_grad()
def complete(model: Model, tokenizer: Tokenizer, prompts: list[list[int]], ends: set[int], batch: int = 128) -> list[str]:
    """A greedy line behind each prompt, with its line break. All is read anew for every token: simple, and quick on a GPU."""
    lines = [""] * len(prompts)
    waiting = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    texts = [list(prompt) for prompt in prompts]
    while waiting:
        unfinished = []
        for at in range(0, len(waiting), batch):
            group = waiting[at : at + batch]
            for i, token in zip(group, following(model, [texts[i] for i in group]), strict=True):
                written = len(texts[i]) - len(prompts[i])
                if token not in ends:
                    texts[i].append(token)
                lines[i] = tokenizer.encoding.decode(texts[i][len(prompts[i]) :])
                if token not in ends and "\n" not in lines[i] and written + 1 < LONGEST:
                    unfinished.append(i)
        waiting = unfinished
    return [line.split("\n")[0] + "\n" for line in lines]


def following(model: Model, texts: list[list[int]]) -> list[int]:
    """The likeliest token behind each text."""
    device = model.base.embedding.device
    lengths = torch.tensor([0, *(len(text) for text in texts)])
    bounds = lengths.cumsum(0).to(device, torch.int32)
    tokens = torch.tensor([token for text in texts for token in text], device=device)
    hidden = model.readDocuments(tokens, bounds, int(lengths.max()), adapted=False, hidden=True)[0]
    assert hidden is not None
    return (hidden[bounds[1:].long() - 1] @ model.base.embedding.T).argmax(-1).tolist()


def works(problem: dict[str, str], line: str) -> bool:
    program = f"{problem['prompt']}{line}{problem['suffix']}\n{problem['test']}\ncheck({problem['entry_point']})\n"
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", program], cwd=folder, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--problems", type=int, help="the first so many only")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pack = Pack(options.pack)
    base = weights.load(options.pack).to(device, torch.bfloat16 if device == "cuda" else torch.float32)
    model, tokenizer = Model(base, Adapters.ofPack(pack).to(device)), pack.tokenizer()
    asked = problems(options.data)[: options.problems]
    special = pack.manifest["specialTokens"]
    prompts = [promptOf(problem, special, tokenizer) for problem in asked]
    lines = complete(model, tokenizer, prompts, {special["endOfText"], special["imEnd"], special["fimPad"]})
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(works, asked, lines))
    exact = sum(line.strip() == problem["canonical_solution"].strip() for problem, line in zip(asked, lines, strict=True))
    figures = {"pack": pack.manifest["packVersion"], "problems": len(asked), "passed": sum(passed), "exact": exact}
    results = [{"task": p["task_id"], "line": line, "passed": ok} for p, line, ok in zip(asked, lines, passed, strict=True)]
    options.json.write_text(json.dumps({**figures, "results": results}, indent=1))
    print(f"{figures}: {100 * sum(passed) / len(asked):.1f} % work", flush=True)


if __name__ == "__main__":
    main()
