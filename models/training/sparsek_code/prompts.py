"""Prompts in the engine's own words and layout: those of a question with its evidence, and of a file's summary.

The engine's are in src/engine/tasks/{ask,summarize}/prompt.ts; test/fixtures/prompts holds what both must say.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tokenizer import Tokenizer

ASK_SYSTEM = (
    "You explain a code base to a programmer. Use only the excerpts that are given. "
    "If they do not answer the question, say so. Be short and exact."
)
SUMMARIZE_SYSTEM = "You explain source code to a programmer in plain, short sentences. Say only what the code shows."
MOST_NAMES = 24


@dataclass(frozen=True)
class Evidence:
    """Lines of a file that a question is answered from, and those of them that every answer begins with."""

    path: str
    startLine: int
    endLine: int
    text: str
    language: str
    quote: str
    quoteLine: int


@dataclass(frozen=True)
class Fact:
    """What the index knows of a name."""

    name: str
    path: str
    line: int
    signature: str
    uses: list[str]


def questionText(question: str, evidence: list[Evidence], facts: list[Fact]) -> str:
    parts = [
        f"[{i + 1}] {e.path}, lines {e.startLine} to {e.endLine}:\n```{e.language}\n{e.text}\n```" for i, e in enumerate(evidence)
    ]
    if facts:
        parts.append("From the index:\n" + "\n".join(map(factText, facts)))
    instruction = (
        "Answer in two to four sentences. Name the functions and values that matter, "
        "and give the number of the excerpt in brackets, such as [1]."
    )
    return "\n\n".join([*parts, f"Question: {question}", instruction])


def factText(fact: Fact) -> str:
    uses = f", used in {', '.join(fact.uses)}" if fact.uses else ""
    return f"`{fact.name}` is declared in {fact.path}:{fact.line} as `{fact.signature}`{uses}."


def openingText(evidence: list[Evidence]) -> str:
    quoted = [e for e in evidence[:2] if e.path == evidence[0].path]
    return "\n".join([*(quotation(e, i + 1) for i, e in enumerate(quoted)), "**In short:**"])


def quotation(evidence: Evidence, number: int) -> str:
    fence = "~~~~" if "```" in evidence.quote else "```"
    return f"[{number}] {evidence.path}:{evidence.quoteLine}\n{fence}{evidence.language}\n{evidence.quote}\n{fence}"


def fileQuestion(path: str, text: str, names: list[str]) -> str:
    declared = f"It declares: {', '.join(names[:MOST_NAMES])}.\n" if names else ""
    return f"{path}\n```\n{text}\n```\n{declared}What is this file for? Answer in two or three sentences."


def chat(tokenizer: Tokenizer, special: dict[str, int], system: str, user: str, opening: str = "") -> list[int]:
    """System turn, the user's turn, and the assistant's to where the model writes on. `special`: the manifest's."""
    opened = lambda role, text: [special["imStart"], *tokenizer.encode(f"{role}\n"), *tokenizer.encode(text)]  # noqa: E731
    close = [special["imEnd"], *tokenizer.encode("\n")]
    return [*opened("system", system), *close, *opened("user", user), *close, *opened("assistant", opening)]
