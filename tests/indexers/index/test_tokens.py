"""Counting tokens word by word."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

from footnote_bot.indexers.index.embedding import TokenCounter
from footnote_bot.indexers.index.local_models import MODELS

BUNDLED = Tokenizer.from_file(str(MODELS / "all-MiniLM-L6-v2-int8" / "tokenizer.json"))
BUNDLED.no_truncation()
BUNDLED.no_padding()
COUNT = TokenCounter(BUNDLED)

SPACES = "\t\n\r\x0b\x0c\x1c\x1f \x85\xa0\u2003\u2028\u200b\ufeff\u3000"
TEXT = st.lists(
    st.text() | st.sampled_from(["[SEP]", "[MASK]", "e\u0301", "\u0301", "don't", "東京", *SPACES])
).map("".join)


@settings(deadline=None)
@given(TEXT)
@example("a\x1cb a\x85b a\u2028b a\u200bb")
@example("[SEP] [ SEP ] [MASK]\n[CLS]")
@example("x" * 300 + " " + "é" * 300)
def test_words_by_themselves_have_as_many_tokens_as_the_whole_text(text: str) -> None:
    assert COUNT(text) == len(BUNDLED.encode(text, add_special_tokens=False).ids)


@pytest.mark.parametrize("text", ["hello hello", " hello"])
def test_a_tokenizer_that_reads_spaces_reads_the_whole_text(text: str) -> None:
    # A space is part of the word after it, so `hello` by itself has another token.
    vocabulary = {char: number for number, char in enumerate("helo\u0120")}
    tokenizer = Tokenizer(BPE(vocabulary, [], unk_token=None))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)

    assert TokenCounter(tokenizer)(text) == len(text)
