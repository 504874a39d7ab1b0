"""The samples that a confidence curve is fitted to."""

from __future__ import annotations

import re

from footnote_bot.bot.evaluation.calibrating import samples_of
from footnote_bot.bot.evaluation.facts import Facts
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.evaluation.run import ask_all
from footnote_bot.bot.model import NoAnswer
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import always
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import retrieval_over

ANYONE = Principal.of(EVERYONE)


def test_a_right_quotation_that_was_not_sure_is_a_right_sample() -> None:
    """Or a curve that is too low could never be fitted higher."""
    unsure = always(-1.0)
    handbook = passages("leave", "Leave is thirty days long.")
    answerer = Answerer(retrieval_over(handbook), unsure)
    case = Case("1", "leave quantum", {}, (), None, facts=Facts(((re.compile("thirty"),),)))
    (outcome,) = ask_all([case], answerer, reader=ANYONE)

    assert isinstance(outcome.result, NoAnswer)
    assert outcome.right is False
    samples = samples_of([case], answerer, ANYONE, lambda _: None)
    assert [sample.right for sample in samples] == [True]
