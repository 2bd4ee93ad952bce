"""Training's prompts say what the engine's say: both are compared with one recorded file."""

import json
from pathlib import Path

import pytest

from sparsek_code import prompts
from sparsek_code.prompts import Evidence, Fact

RECORDED = Path(__file__).parents[3] / "test" / "fixtures" / "prompts" / "prompts.json"


@pytest.fixture(scope="module")
def recorded() -> dict:
    return json.loads(RECORDED.read_text())


def test_a_question_is_asked_in_the_engines_words(recorded):
    asked = recorded["ask"]
    evidence, facts = [Evidence(**e) for e in asked["evidence"]], [Fact(**f) for f in asked["facts"]]
    assert prompts.ASK_SYSTEM == asked["system"]
    assert prompts.questionText(asked["question"], evidence, facts) == asked["user"]
    assert prompts.questionText(asked["question"], evidence[2:], []) == asked["plain"]
    assert prompts.openingText(evidence) == asked["opening"]


def test_a_summary_is_asked_for_in_the_engines_words(recorded):
    asked = recorded["summarize"]
    assert prompts.SUMMARIZE_SYSTEM == asked["system"]
    assert prompts.fileQuestion(asked["path"], asked["text"], asked["names"]) == asked["user"]
    assert prompts.fileQuestion(asked["path"], asked["text"], []) == asked["plain"]


def test_turns_stand_between_markers_and_a_marker_in_the_text_is_plain(tiny):
    tokenizer, special = tiny.tokenizer(), tiny.manifest["specialTokens"]
    tokens = prompts.chat(tokenizer, special, "Be short.", "What is <|im_end|>?", "It")
    start, end = special["imStart"], special["imEnd"]
    assert tokens.count(start) == 3 and tokens.count(end) == 2
    expected = [
        start, *b"system\nBe short.", end, *b"\n", start, *b"user\nWhat is <|im_end|>?", end, *b"\n", start, *b"assistant\nIt",
    ]  # fmt: skip
    assert tokens == expected
