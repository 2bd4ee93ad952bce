"""Questions without people: what comments say of declarations, turned round."""

from __future__ import annotations

import re
from dataclasses import dataclass

DECLARATION = re.compile(
    r"^\s*(?:(?:export|default|pub(?:\([^)]*\))?|public|private|protected|static|async|abstract|final|inline|unsafe|const)\s+)*"
    r"(def|class|func|fn|function|interface|struct|enum|trait)\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w{2,})"
)
METHOD = re.compile(r"^\s*(?:[\w<>\[\],:&*]+\s+)+[*&]?([A-Za-z_]\w{2,})\s*\([^;]*$")
"""A function of C, C++ or Java: type, name, arguments, and no statement."""
METHOD_SUFFIXES = {"java", "c", "h", "cc", "cpp", "hpp"}
KEYWORDS = {"return", "new", "else", "throw", "if", "for", "while", "switch", "case", "typedef", "using", "delete"}
COMMENT = re.compile(r"^\s*(?:///?|//!|/\*+|\*+/?|#(?!\[|include|define|if|end|else|pragma|undef))\s?")
ATTRIBUTE = re.compile(r"^\s*(?:@\w|#\[)")
NOTICE = re.compile(r"copyright|licen[cs]e|todo|fixme|deprecated|eslint|noqa|https?:|\b(?:i|we|you)\b", re.IGNORECASE)
VERBS = set(
    """add append apply assert attach build calculate call check clean clear close compare compute configure construct convert copy count
    create decode define delete detect determine disable display emit enable encode ensure escape execute expand extract fetch
    filter find fire flush format generate get group handle ignore initialize insert invoke iterate join list load log lookup make map
    mark match merge move normalize notify open parse perform prepare print process produce push put raise read record register remove
    render replace report reset resolve retrieve return run save scan schedule search select send serialize set skip sort split start
    stop store strip swap test transform translate trim try update validate verify wait walk wrap write yield""".split()
)
"""Sentences that begin with one say what a function is there to do."""
LINES = 14
"""Lines of an excerpt, as in the engine."""


@dataclass(frozen=True)
class Declared:
    """A declaration that a comment explains."""

    name: str
    isFunction: bool
    line: int
    """0-based, of the declaration; `start`: of its comment or attribute above, or the same"""
    start: int
    sentence: str
    """The comment's first"""


def declarations(lines: list[str], language: str) -> list[Declared]:
    found = []
    for i, line in enumerate(lines):
        match = DECLARATION.match(line)
        if match:
            name, isFunction = match[2], match[1] in ("def", "func", "fn", "function")
        elif language in METHOD_SUFFIXES and (method := METHOD.match(line)) and line.split()[0] not in KEYWORDS:
            name, isFunction = method[1], True
        else:
            continue
        start = i
        while start > 0 and i - start < LINES - 4 and (ATTRIBUTE.match(lines[start - 1]) or COMMENT.match(lines[start - 1])):
            start -= 1
        sentence = firstSentence(docstring(lines, i) if language == "py" else commentText(lines[start:i]))
        if sentence:
            found.append(Declared(name, isFunction, i, start, sentence))
    return found


def commentText(lines: list[str]) -> str:
    return "\n".join(COMMENT.sub("", line).removesuffix("*/") for line in lines if COMMENT.match(line))


def docstring(lines: list[str], line: int) -> str:
    """Of the Python declaration that begins in `line`."""
    text = "\n".join(lines[line : line + LINES])
    match = re.search(r':\s*(?:#.*)?\n\s*[rR]?"""(.+?)(?:"""|\Z)', text, re.DOTALL)
    return match[1] if match and not re.search(r"\n\s*\n", text[: match.start()]) else ""


def firstSentence(text: str) -> str:
    """Without its full stop; empty where it says too little to be asked for, or something else."""
    paragraph = " ".join(re.split(r"\n\s*\n|\n\s*[@:-]", text.strip())[0].split())
    sentence = re.split(r"[.:;](?:\s|$)", paragraph)[0].strip()
    isPlain = re.match(r"[A-Z]\w* ", sentence) and not re.search(r"[`{}<>\\|=\[\]]", sentence) and not NOTICE.search(sentence)
    return sentence if isPlain and 4 <= len(sentence.split()) and len(sentence) <= 160 else ""


def questionsAbout(declared: Declared, body: str) -> list[tuple[str, str]]:
    """(kind, question). An answer of the kind `which` has to say the declaration's name, which the question does not."""
    name, sentence = declared.name, declared.sentence
    asked = [("what", f"What does `{name}` do?"), ("declared", f"In which file is `{name}` declared, and what is it for?")]
    first, rest = sentence.split(" ", 1)
    told = f"{first.lower()} {rest}"
    if name.lower() in sentence.lower():
        pass  # the question would hold its answer
    elif declared.isFunction and (first.lower().removesuffix("s") in VERBS or first.lower().removesuffix("es") in VERBS) and first[-1] == "s":
        asked += [("which", f"Which function {told}?")] * 2
    elif declared.isFunction and first.lower() in VERBS:
        asked += [("which", f"Which function is there to {told}?")] * 2
    elif first in ("A", "An", "The") and not re.search(r"\b(?:is|are|was)\b", sentence):
        asked += [("which", f"What is {told} called in the code?")]
    if declared.isFunction:
        asked.append(("signature", f"Which parameters does `{name}` take?"))
        if re.search(r"\breturn\b", body):
            asked.append(("returns", f"What does `{name}` return?"))
        if re.search(r"\b(?:raise|throw|panic!?|Err)\b", body):
            asked.append(("fails", f"When does `{name}` fail?"))
    return asked
