"""Lines are completed greedily up to their break, whatever else is in the batch, and programs are judged by running them."""

import pytest
import torch
from wideVocabulary import GEOMETRY, base

from sparsek_code.adapters import Adapters
from sparsek_code.infilling import LONGEST, complete, following, works
from sparsek_code.model import Model

PROBLEM = {
    "prompt": "def twice(x):\n",
    "suffix": "",
    "test": "def check(f):\n    assert f(4) == 8\n",
    "entry_point": "twice",
}


class Letters:
    """A tokenizer's `encoding` in which every fifth token is a line break."""

    encoding = property(lambda self: self)

    def decode(self, tokens):
        return "".join("\n" if token % 5 == 0 else "x" for token in tokens)


@pytest.fixture(scope="module")
def model():
    return Model(base(), Adapters(GEOMETRY))


def test_a_line_ends_at_its_break_and_does_not_depend_on_its_neighbours(model):
    prompts = [[1, 2, 3], [7, 8], [11, 12, 13, 14, 15, 16]]
    together = complete(model, Letters(), prompts, set(), batch=2)
    assert together == [complete(model, Letters(), [prompt], set())[0] for prompt in prompts]
    assert all(line.endswith("\n") and line.count("\n") == 1 and len(line) <= LONGEST + 1 for line in together)


def test_each_next_token_is_the_likeliest(model):
    texts = [[1, 2, 3, 4], [9, 10]]
    for text, token in zip(texts, following(model, texts), strict=True):
        hidden = model.readDocuments(torch.tensor(text), torch.tensor([0, len(text)], dtype=torch.int32), 4, False, True)[0]
        assert token == int((hidden[-1] @ model.base.embedding.T).argmax())


def test_a_text_that_ends_at_once_leaves_an_empty_line(model):
    assert complete(model, Letters(), [[1, 2, 3]], set(range(GEOMETRY.vocabulary))) == ["\n"]


@pytest.mark.parametrize(("line", "expected"), [("    return 2 * x\n", True), ("    return x\n", False), ("    return (\n", False)])
def test_a_program_counts_if_its_tests_pass(line, expected):
    assert works(PROBLEM, line) is expected
