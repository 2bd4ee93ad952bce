"""Trains scorers and adapters.

    python -m sparsek_code.train --base BASE --corpus train.xz --out RUN --stage scorers --steps 100
    python -m sparsek_code.train --base BASE --corpus train.xz --out RUN --stage joint --steps 1500 --from RUN/scorers.pt.xz

BASE: a GGUF file, a saved `weights.BaseWeights`, or a pack folder. The teacher is the base with full attention; or --teacher; or, with
--teacher-updates CHECKPOINT, what an earlier run made of the base: a run that starts there learns to do with the memory what it does
with everything in view.
With --body the student already stands on what the pack ships: only its attention is quantised after training.
A run resumes from RUN/<stage>.pt.xz when that is there; --seconds bounds one call, --finish-within the run, whose learning rate
then falls with the time. RUN/<stage>.jsonl holds the curves.

Stage `scorers`: each token's score regresses the log of the attention that the teacher's target tokens give it. Stage
`joint`: scorers and low-rank updates; hard top-K memory with SPARSEK's straight-through gradient; loss = KL to the teacher
over the whole text + 0.3 cross-entropy on target tokens, plus a little of the regression, which keeps all scores calibrated.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from . import checkpoint, weights
from .adapters import RANK, Adapters
from .batch import Batch, Batches, Mixture
from .chat import Chats
from .data import Corpus
from .episodes import Sizes
from .log import Log
from .model import Model
from .recipe import Recipe, drawPlan
from .trainer import Trainer


def run(trainer: Trainer, batches: DataLoader, out: Path, progress: dict, seconds: float, saveEvery: float) -> None:
    """Steps until the recipe's number or the time is reached. Saves at the end and every `saveEvery` seconds."""
    recipe, device = trainer.recipe, trainer.student.base.embedding.device
    path, log = out / f"{recipe.stage}.pt.xz", Log(out / f"{recipe.stage}.jsonl")
    begun = saved = time.monotonic()
    stream, earlier = iter(batches), progress["seconds"]
    seconds = min(seconds, recipe.seconds - earlier)
    while progress["step"] < recipe.steps and time.monotonic() - begun < seconds:
        batch: Batch = next(stream)
        count = batch.tokens
        batch = batch.to(device)
        random = np.random.default_rng(progress["step"])
        trainer.setRate(progress["step"], earlier + time.monotonic() - begun)
        if recipe.stage == "scorers":
            values = trainer.scorerStep(batch)
        else:
            prior, measure = random.random() >= recipe.noPrior, progress["step"] % recipe.importanceEvery == 0
            plan = drawPlan(batch, random, trainer.student.geometry.layers, recipe.late)
            values = trainer.jointStep(batch, plan, bool(prior), measure and trainer.comparable)
        progress["step"] += 1
        progress["tokens"] += count
        log.add(progress, batch.kind, count, values)
        if time.monotonic() - saved > saveEvery:
            checkpoint.save(path, trainer.student.adapters, trainer.student.geometry, progress, trainer.optimiser)
            saved = time.monotonic()
    progress["seconds"] += time.monotonic() - begun
    checkpoint.save(path, trainer.student.adapters, trainer.student.geometry, progress, trainer.optimiser)
    memory = torch.cuda.max_memory_allocated() / 2**30 if device.type == "cuda" else 0.0
    print(
        f"{path}: step {progress['step']}, {progress['tokens']} tokens, {progress['seconds']:.0f} s, {memory:.1f} GiB at most",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="another model of the same vocabulary, read with full attention")
    parser.add_argument("--teacher-updates", type=Path, help="checkpoint whose updates the teacher has")
    parser.add_argument("--body", type=Path, help="a pack of this base: its quantised table and feed-forwards under the student")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stage", choices=["scorers", "joint"], required=True)
    parser.add_argument("--from", dest="start", type=Path, help="checkpoint to start a new run from")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--finish-within", type=float, default=math.inf, help="seconds of the whole run")
    parser.add_argument("--save-every", type=float, default=120)
    parser.add_argument("--scorer-hidden", type=int, default=64)
    parser.add_argument("--rank", type=int, default=RANK, help="of the updates; those of --from are widened to it")
    parser.add_argument("--cross-weight", type=float, default=Mixture.crossWeight)
    parser.add_argument("--episodes", type=int, default=4, help="episodes a step")
    parser.add_argument("--workers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile")
    parser.add_argument("--tiny", action="store_true", help="small shapes, for a try on a CPU")
    parser.add_argument("--adapter-rate", type=float, default=Recipe.adapterRate)
    parser.add_argument("--scorer-rate", type=float, default=Recipe.scorerRate)
    parser.add_argument("--late", type=float, default=Recipe.late, help="share of steps with more memory in the last layers")
    parser.add_argument("--chat", type=Path, help="what `answers` wrote: conversations in the joint stage")
    parser.add_argument("--chat-share", type=float, default=0.2, help="of the steps")
    options = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    options.out.mkdir(parents=True, exist_ok=True)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    base = weights.load(options.base).to(device, dtype)
    base.geometry = replace(base.geometry, scorerHidden=options.scorer_hidden)
    recipe = Recipe(
        options.stage, options.steps, adapterRate=options.adapter_rate, scorerRate=options.scorer_rate,
        late=options.late, seconds=options.finish_within,
    )  # fmt: skip

    progress, moments = {"step": 0, "tokens": 0, "seconds": 0.0}, {}
    current = options.out / f"{options.stage}.pt.xz"
    if current.exists():
        adapters, progress, moments = checkpoint.load(current, base.geometry)
    elif options.start:
        adapters = checkpoint.load(options.start, base.geometry)[0].widened(options.rank)
    else:
        adapters = Adapters(base.geometry, options.rank, options.seed)
    body = weights.withBody(base, weights.load(options.body).to(device, dtype)) if options.body else base
    student = Model(body, adapters.to(device), fused=not options.eager)
    if options.teacher:
        teacherBase = weights.load(options.teacher).to(device, dtype)
    elif options.teacher_updates:
        teacherBase = weights.withUpdates(body, checkpoint.load(options.teacher_updates, base.geometry)[0].to(device))
    else:
        teacherBase = base
    trainer = Trainer(student, Model(teacherBase, adapters, fused=not options.eager), recipe)
    checkpoint.restoreMoments(trainer.optimiser, adapters, moments, progress["step"])

    sizes = Sizes(1024, 256, 1024, 32, 128, 4) if options.tiny else Sizes()
    targets = 512 if options.tiny else 2048 * options.episodes
    mixture = Mixture(episodes=options.episodes, targets=targets, crossWeight=options.cross_weight)
    corpus, chats = Corpus(options.corpus), None
    if options.stage == "scorers":
        mixture = replace(mixture, long=0.0)
    elif options.chat:
        chats = Chats(options.chat, corpus, sizes)
        mixture = replace(mixture, chat=options.chat_share / (1 - options.chat_share))  # the other shares sum to 1
    batches = Batches(corpus, sizes, mixture, options.seed + progress["step"], chats)
    loader = DataLoader(
        batches,
        batch_size=None,
        num_workers=options.workers,
        pin_memory=device == "cuda",
        prefetch_factor=4 if options.workers else None,
    )
    run(trainer, loader, options.out, progress, options.seconds, options.save_every)


if __name__ == "__main__":
    main()
