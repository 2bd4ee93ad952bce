"""The shipped tokenizer, which lies in the repository beside the weights."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsek_code.manifest import Pack
from sparsek_code.tokenizer import Tokenizer, byteAlphabet

PACK = Path(__file__).parents[2] / "qwen2.5-coder-0.5b"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Pack(PACK).tokenizer()


def test_the_byte_alphabet_writes_every_byte():
    assert sorted(byteAlphabet().values()) == list(range(256))


def test_known_tokens(tokenizer):
    assert tokenizer.encode("def fibonacci(n):\n") == [750, 75698, 1445, 982]
    assert tokenizer.encode("12") == [16, 17], "digits stand alone"


def test_text_is_normalised_first(tokenizer):
    assert tokenizer.encode("e\u0301") == tokenizer.encode("\u00e9")


def test_special_tokens_in_text_are_plain_text(tokenizer):
    tokens = tokenizer.encode("<|endoftext|>")
    assert 151643 not in tokens
    assert tokenizer.decode(tokens) == "<|endoftext|>"


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_decoding_inverts_encoding(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text
