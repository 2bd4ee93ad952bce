"""Prompts about the repositories of a corpus, as the engine lays them out when it is asked or summarizes.

    python -m sparsek_code.conversations --pack PACK --corpus train.xz --count 4000 --out prompts.jsonl.xz

A line {repository, path, kind, name, question, evidence, segments, prompt}: `segments` are the corpus's, the best first, as they stand in
memory; `prompt` tokens end where the model writes on. Questions are made of comments (`questions.py`); the excerpts hold
what is asked for, behind or before distractors that share its words; those of the kind `absent` do not hold it.
Development repositories stay out: the corpus has none.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import prompts
from .data import Corpus
from .excerpts import evidenceOf, languageOf, stems, usesIn, window
from .manifest import Pack
from .prompts import Evidence, Fact
from .questions import LINES, declarations, questionsAbout

EVIDENCE_TOKENS, FIRST_TOKENS, OTHER_TOKENS, MOST_EXCERPTS = 850, 260, 160, 8
LONGEST_SIGNATURE = 160
SUMMARY_TOKENS = 1300
RETRIEVED = 32
ABSENT, SUMMARIES = 0.1, 0.15
"""Of the questions those that the excerpts do not answer, and of all prompts those for a summary."""
TEST = re.compile(r"tests?\b|spec|example|playground", re.IGNORECASE)
"""Who asks is seldom after these."""


class Conversations:
    def __init__(self, corpus: Corpus, pack: Pack, seed: int) -> None:
        self.corpus, self.tokenizer, self.special = corpus, pack.tokenizer(), pack.manifest["specialTokens"]
        self.random = np.random.default_rng(seed)

    def draw(self) -> Iterator[dict[str, Any]]:
        """Endless; repositories by the root of their size, as in the other episodes."""
        files = np.diff(self.corpus.repositoryFiles)
        while True:
            row, isSummary = None, self.random.random() < SUMMARIES
            while row is None:
                repository = int(self.random.choice(len(files), p=np.sqrt(files) / np.sqrt(files).sum()))
                file = int(self.random.integers(*self.corpus.repositoryFiles[repository : repository + 2]))
                row = self.summary(file) if isSummary else self.question(repository, file)
            yield {"repository": self.corpus.repositories[repository], "path": self.corpus.paths[file], **row}

    def summary(self, file: int) -> dict[str, Any] | None:
        tokens, path = self.corpus.file(file).tolist(), self.corpus.paths[file]
        if not 64 <= len(tokens) <= SUMMARY_TOKENS:
            return None
        text = self.tokenizer.decode(tokens)
        names = list(dict.fromkeys(d.name for d in declarations(text.split("\n"), languageOf(path))))
        user = prompts.fileQuestion(path, text, names)
        prompt = prompts.chat(self.tokenizer, self.special, prompts.SUMMARIZE_SYSTEM, user)
        evidence = [evidenceOf(path, text.split("\n"), 0, text.count("\n") + 1, set())]
        return {"kind": "summary", "name": "", "question": user, "evidence": [asdict(e) for e in evidence], "segments": [], "prompt": prompt}

    def question(self, repository: int, file: int) -> dict[str, Any] | None:
        corpus, random, path = self.corpus, self.random, self.corpus.paths[file]
        if TEST.search(path):
            return None
        lines = self.tokenizer.decode(corpus.file(file).tolist()).split("\n")
        found = declarations(lines, languageOf(path))
        if not found:
            return None
        declared = found[int(random.integers(len(found)))]
        body = "\n".join(lines[declared.line : declared.line + LINES])
        asked = questionsAbout(declared, body)
        kind, question = asked[int(random.integers(len(asked)))]
        wanted, isAbsent = stems(question), random.random() < ABSENT
        ranked = self.ranked(repository, question)
        own = evidenceOf(path, lines, declared.start, declared.start + LINES, wanted)
        others = self.distractors(ranked, wanted, own, declared.name if isAbsent else None)
        place = int(random.choice([0, 1, 2], p=[0.7, 0.2, 0.1]))
        evidence = self.fit(others if isAbsent else [*others[:place], own, *others[place:]])
        if not evidence or (not isAbsent and not any(e.path == path and e.startLine == own.startLine for e in evidence)):
            return None
        facts = []
        if f"`{declared.name}`" in question and not isAbsent:
            uses = [f"{e.path}:{line}" for e in others for line in usesIn(e, declared.name)][:4]
            facts = [Fact(declared.name, path, declared.line + 1, lines[declared.line].strip()[:LONGEST_SIGNATURE], uses)]
        user, opening = prompts.questionText(question, evidence, facts), prompts.openingText(evidence)
        return {
            "kind": "absent" if isAbsent else kind, "name": declared.name, "question": question,
            "evidence": [asdict(e) for e in evidence], "segments": ranked,
            "prompt": prompts.chat(self.tokenizer, self.special, prompts.ASK_SYSTEM, user, opening),
        }  # fmt: skip

    def ranked(self, repository: int, question: str) -> list[int]:
        segments = self.corpus.repositorySegments(repository)
        relevance = self.corpus.index(repository).relevance(np.array(self.tokenizer.encode(question)))
        return segments[np.argsort(-relevance, kind="stable")][:RETRIEVED].tolist()

    def distractors(self, ranked: list[int], wanted: set[str], own: Evidence, without: str | None) -> list[Evidence]:
        """One excerpt a file, those that share most words first. None names `without`, if given, nor overlaps with `own`."""
        scored: dict[str, tuple[int, Evidence]] = {}
        for segment in ranked:
            file = int(self.corpus.segmentFile[segment])
            path, first = self.corpus.paths[file], int(self.corpus.fileSegments[file])
            before = self.tokenizer.decode([t for s in range(first, segment) for t in self.corpus.body(s).tolist()]).count("\n")
            lines = self.tokenizer.decode(self.corpus.body(segment).tolist()).split("\n")
            start, shared = window(lines, wanted, LINES)
            if shared == 0 or shared <= scored.get(path, (0,))[0]:
                continue
            one = evidenceOf(path, lines, start, start + LINES, wanted, before)
            isOwn = path == own.path and one.startLine <= own.endLine and own.startLine <= one.endLine
            if not isOwn and not (without and re.search(rf"\b{re.escape(without)}\b", one.text)):
                scored[path] = (shared, one)
        return [one for _, one in sorted(scored.values(), key=lambda item: -item[0])]

    def fit(self, evidence: list[Evidence]) -> list[Evidence]:
        """As many as there is room for, each cut at its end where it is too long."""
        chosen, left = [], EVIDENCE_TOKENS
        for one in evidence[: 2 * MOST_EXCERPTS]:
            lines = one.text.split("\n")
            cost = lambda n: len(self.tokenizer.encode("\n".join(lines[:n])))  # noqa: B023, E731
            most = OTHER_TOKENS if chosen else FIRST_TOKENS
            kept = next((n for n in range(len(lines), 0, -1) if cost(n) <= most), 0)
            quoted = one.quoteLine - one.startLine + one.quote.count("\n") + 1
            if len(chosen) == MOST_EXCERPTS or kept < quoted or cost(kept) > left:
                continue
            left -= cost(kept)
            chosen.append(replace(one, text="\n".join(lines[:kept]), endLine=one.startLine + kept - 1))
        return chosen


def save(path: Path, rows: list[dict[str, Any]]) -> None:
    with lzma.open(path, "wt", preset=4) as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def load(path: Path) -> list[dict[str, Any]]:
    with lzma.open(path, "rt") as file:
        return [json.loads(line) for line in file]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, help="for its tokenizer")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stream = Conversations(Corpus(options.corpus), Pack(options.pack), options.seed).draw()
    rows = [row for row, _ in zip(stream, range(options.count), strict=False)]
    save(options.out, rows)
    tokens = sum(len(row["prompt"]) for row in rows)
    print(f"{options.out}: {len(rows)} prompts, {tokens} tokens, {dict(Counter(row['kind'] for row in rows))}", flush=True)


if __name__ == "__main__":
    main()
