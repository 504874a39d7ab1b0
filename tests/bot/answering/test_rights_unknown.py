"""Somebody of whom a wiki cannot say what they may read, and somebody whose pages all fell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.several import Several
from bot.model import Answer, Narrowed, NoAnswer, Reason
from indexers.model import EVERYONE, NOBODY, Audience, Principal
from indexers.untold import untold_token
from tests.bot.answering.test_answerer import HANDBOOK, SURE, UNSURE, answerer, ask
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.wiki import by_section

UNTOLD = Principal.of(EVERYONE, untold_token("wiki.example.com"))
TOLD = Principal.of(EVERYONE, "user:ada")


def test_no_answer_to_whoever_a_wiki_does_not_tell_says_so() -> None:
    said = answerer(confidence=UNSURE).answer(ask("How long is leave?", UNTOLD))

    assert isinstance(said, NoAnswer)
    assert said.reason is Reason.RIGHTS_UNKNOWN
    assert said.text.startswith("I could not ask the wiki what you may read")
    assert said.narrowed == Narrowed(("wiki.example.com",))


def test_an_answer_to_whoever_a_wiki_does_not_tell_says_so_beside() -> None:
    said = answerer().answer(ask("How long is leave?", UNTOLD))

    assert isinstance(said, Answer)
    assert said.narrowed == Narrowed(("wiki.example.com",))


def test_of_a_channel_it_is_enough_that_one_cannot_be_told() -> None:
    together = Audience(frozenset({TOLD, UNTOLD}))
    said = answerer(confidence=UNSURE).answer(ask("How long is leave?", together))

    assert said.text.startswith("I could not ask the wiki what everybody here may read")


@pytest.mark.parametrize("sure", [SURE, UNSURE], ids=["answered", "not answered"])
def test_whoever_is_told_hears_nothing_of_it(sure) -> None:
    said = answerer(confidence=sure).answer(ask("How long is leave?", TOLD))

    assert said.narrowed is None
    assert "Confluence" not in said.text


def test_of_several_questions_each_answer_says_it() -> None:
    both = Several(answerer())
    said = both.answer(ask("How long is parental leave? How is travel booked?", UNTOLD))

    assert isinstance(said, Answer)
    assert said.narrowed == Narrowed(("wiki.example.com",))


def test_a_page_that_names_it_as_a_reader_is_closed_to_them() -> None:
    """No wiki makes such an Acl, but the token opens nothing that is not open."""
    closed = [replace(passage, acl=NOBODY) for passage in HANDBOOK]
    said = answerer(*closed).answer(ask("How long is leave?", UNTOLD))

    assert isinstance(said, NoAnswer)


def test_where_all_that_was_found_fell_nobody_hears_that_they_may_read_nothing() -> None:
    pages = {passage.page for passage in HANDBOOK}
    gone = {"handbook": Standing(*pages), "office": Standing(*pages)}
    recheck = Recheck(gone, lambda _: None, by_section)
    said = replace(answerer(), recheck=recheck).answer(ask("How long is leave?", TOLD))

    assert isinstance(said, NoAnswer)
    assert said.reason is Reason.NOTHING_FITS
    assert said.text == "I searched and found nothing that answers this."
