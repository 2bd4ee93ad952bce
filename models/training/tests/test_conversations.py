"""Prompts made of comments: what is asked for stands in the excerpts, where they say, or, where it shall be absent, nowhere."""

import re
from itertools import islice

import pytest

from sparsek_code import conversations
from sparsek_code import corpus as corpora
from sparsek_code.conversations import Conversations
from sparsek_code.corpus import cut
from sparsek_code.data import Corpus
from sparsek_code.questions import declarations, questionsAbout

THINGS = ["orders", "invoices", "parcels", "quizzes"]


def module(thing: str) -> str:
    return "".join(
        f'def {verb}_{thing}(count):\n    """{verb.title()} the oldest {thing} of a customer.\n\n    More.\n    """\n'
        f"    if count < 0:\n        raise ValueError\n    return count\n\n\n"
        for verb in ("remove", "print", "count")
    )


@pytest.fixture(scope="module")
def corpus(tiny, tmp_path_factory) -> Corpus:
    tokenizer, path = tiny.tokenizer(), tmp_path_factory.mktemp("conversations") / "corpus.xz"
    corpora.save(path, {"shop": [cut(f"shop/{thing}.py", module(thing), tokenizer) for thing in THINGS]})
    return Corpus(path)


@pytest.fixture(scope="module")
def rows(corpus, tiny) -> list[dict]:
    return list(islice(Conversations(corpus, tiny, 1).draw(), 120))


def test_excerpts_are_the_lines_of_the_file_that_they_say_they_are(rows, corpus, tiny):
    for row in rows:
        for e in row["evidence"]:
            lines = module(e["path"].removeprefix("shop/").removesuffix(".py")).split("\n")
            assert e["text"].split("\n") == lines[e["startLine"] - 1 : e["endLine"]]
            quote = e["quote"].split("\n")
            assert quote == lines[e["quoteLine"] - 1 :][: len(quote)] and e["quote"] in e["text"]


def test_what_is_asked_for_is_in_the_excerpts_unless_it_shall_be_absent(rows):
    kinds = {row["kind"] for row in rows}
    assert kinds == {"what", "which", "declared", "signature", "returns", "fails", "absent", "summary"}
    for row in rows:
        text = "\n".join(e["text"] for e in row["evidence"])
        if row["kind"] == "summary":
            assert f"def remove_{row['path'][5:-3]}" in text and row["segments"] == []
        else:
            assert (re.search(rf"\bdef {row['name']}\b", text) is None) == (row["kind"] == "absent")
        if row["kind"] == "which":
            assert row["name"] not in row["question"]
    asked = [row for row in rows if row["kind"] not in ("summary", "absent")]
    assert sum(any(e["path"] != row["path"] for e in row["evidence"]) for row in asked) > len(asked) / 2


def test_a_prompt_ends_with_the_quotation_that_the_answer_goes_on_from(rows, tiny):
    tokenizer, asked = tiny.tokenizer(), [row for row in rows if row["kind"] != "summary"]
    for row in asked:
        text, first = tokenizer.decode(row["prompt"]), row["evidence"][0]
        assert text.endswith("```\n**In short:**") and f"[1] {first['path']}:{first['quoteLine']}\n```py\n{first['quote']}" in text
        assert f"Question: {row['question']}\n" in text
        assert sum(len(tokenizer.encode(e["text"])) for e in row["evidence"]) <= conversations.EVIDENCE_TOKENS
    assert all(tokenizer.decode(row["prompt"]).endswith("assistant\n") for row in rows if row["kind"] == "summary")


def test_segments_are_ranked_by_the_question(corpus, tiny):
    source = Conversations(corpus, tiny, 1)
    ranked = source.ranked(0, "quiz")
    assert sorted(ranked) == list(range(len(corpus.segmentFile)))
    assert corpus.paths[corpus.segmentFile[ranked[0]]] == "shop/quizzes.py"


def test_rows_read_back_as_they_were_saved(rows, tmp_path):
    conversations.save(tmp_path / "rows.jsonl.xz", rows)
    assert conversations.load(tmp_path / "rows.jsonl.xz") == rows


@pytest.mark.parametrize(
    ("language", "text", "name", "sentence"),
    [
        ("ts", "/**\n * Reads a file in pieces.\n * @param path of it\n */\nexport async function readFile(path) {", "readFile", "Reads a file in pieces"),
        ("go", "// Open opens the named store. It blocks.\nfunc (s *Store) Open(name string) error {", "Open", "Open opens the named store"),
        ("rs", "/// Counts the open sockets.\n#[inline]\npub(crate) fn count_open() -> usize {", "count_open", "Counts the open sockets"),
        ("java", "/** Sorts the rows by key. */\npublic static <T> List<T> sortRows(List<T> rows) {", "sortRows", "Sorts the rows by key"),
        ("py", 'class Queue(Base):\n    """A queue of waiting jobs: first in, first out."""', "Queue", "A queue of waiting jobs"),
    ],
)  # fmt: skip
def test_a_comment_belongs_to_the_declaration_below_it(language, text, name, sentence):
    (found,) = declarations(text.split("\n"), language)
    assert (found.name, found.sentence, found.start) == (name, sentence, 0)


@pytest.mark.parametrize("text", ["// See https://example.org for more of it.\nfunc Open() {", "func Open() {", "// Opens.\n\nfunc Open() {"])
def test_a_declaration_that_no_comment_explains_is_not_asked_for(text):
    assert declarations(text.split("\n"), "go") == []


def test_a_question_for_a_name_does_not_hold_it():
    (found,) = declarations("// Open opens the named store.\nfunc Open(name string) error {".split("\n"), "go")
    assert "which" not in {kind for kind, _ in questionsAbout(found, "")}
    (found,) = declarations("// Removes what is older than a day.\nfunc Prune() {".split("\n"), "go")
    assert ("which", "Which function removes what is older than a day?") in questionsAbout(found, "")
