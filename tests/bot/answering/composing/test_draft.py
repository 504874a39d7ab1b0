"""The draft of an answer."""

from __future__ import annotations

import pytest

from bot.answering.composing.claims import Flaw
from bot.answering.composing.draft import Draft
from bot.answering.composing.sentences import Sentence
from tests.timing import seconds_of

SECONDS = 1.5


@pytest.mark.parametrize("seed", ["__a ", "`a ``b ", "\u00aba \u00bbb ", "**a b "])
def test_a_sentence_that_never_ends_is_left_out_in_no_time(seed: str) -> None:
    """Parsed as a whole, some of these took a minute."""
    endless = Sentence((seed * 40_000)[:40_000])

    assert Draft([], "How long is leave?").take(endless).flaw is Flaw.UNSUPPORTED
    took = seconds_of(lambda: Draft([], "How long is leave?").take(endless), SECONDS)
    assert took < SECONDS
