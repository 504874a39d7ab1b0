"""Readers whose rights a wiki cannot tell, and readers whose found pages all fell away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.model import Answer, Narrowed, NoAnswer, Reason
from footnote_bot.indexers.model import EVERYONE, NOBODY, Audience, Principal
from footnote_bot.indexers.untold import untold_token
from tests.bot.answering.test_answerer import HANDBOOK, answerer, ask
from tests.fakes.confidence import NEAREST, SURE
from tests.fakes.defaults import Recheck
from tests.fakes.live_wikis import Standing
from tests.fakes.wiki import by_section

RIGHTS_UNKNOWN = Principal.of(EVERYONE, untold_token("wiki.example.com"))
RIGHTS_KNOWN = Principal.of(EVERYONE, "user:ada")


def test_a_missing_answer_says_that_the_wiki_cannot_tell_the_readers_rights() -> None:
    result = answerer(confidence=NEAREST).answer(ask("How long is leave?", RIGHTS_UNKNOWN))

    assert isinstance(result, NoAnswer)
    assert result.reason is Reason.RIGHTS_UNKNOWN
    assert result.text.startswith("I could not ask the wiki what you may read")
    assert result.narrowed == Narrowed(("wiki.example.com",))


def test_an_answer_says_in_a_note_that_the_wiki_cannot_tell_the_readers_rights() -> None:
    result = answerer().answer(ask("How long is leave?", RIGHTS_UNKNOWN))

    assert isinstance(result, Answer)
    assert result.narrowed == Narrowed(("wiki.example.com",))


def test_in_a_channel_one_member_with_unknown_rights_is_enough_for_the_note() -> None:
    together = Audience(frozenset({RIGHTS_KNOWN, RIGHTS_UNKNOWN}))
    result = answerer(confidence=NEAREST).answer(ask("How long is leave?", together))

    assert result.text.startswith("I could not ask the wiki what everybody here may read")


@pytest.mark.parametrize("sure", [SURE, NEAREST], ids=["answered", "not answered"])
def test_a_reader_whose_rights_are_known_gets_no_note_about_them(sure) -> None:
    result = answerer(confidence=sure).answer(ask("How long is leave?", RIGHTS_KNOWN))

    assert result.narrowed is None
    assert "Confluence" not in result.text


def test_each_of_several_answers_has_the_note_about_unknown_rights() -> None:
    several = Several(answerer())
    result = several.answer(
        ask("How long is parental leave? How is travel booked?", RIGHTS_UNKNOWN)
    )

    assert isinstance(result, Answer)
    assert result.narrowed == Narrowed(("wiki.example.com",))


def test_a_page_that_names_it_as_a_reader_is_closed_to_them() -> None:
    """No wiki makes such an Acl; even so, the token opens no closed page."""
    closed = [replace(passage, acl=NOBODY) for passage in HANDBOOK]
    result = answerer(*closed).answer(ask("How long is leave?", RIGHTS_UNKNOWN))

    assert isinstance(result, NoAnswer)


def test_if_all_found_pages_fell_the_answer_does_not_say_that_the_reader_may_read_nothing() -> None:
    pages = {passage.page for passage in HANDBOOK}
    live = {"handbook": Standing(*pages), "office": Standing(*pages)}
    recheck = Recheck(live, lambda _: None, by_section)
    result = replace(answerer(), recheck=recheck).answer(ask("How long is leave?", RIGHTS_KNOWN))

    assert isinstance(result, NoAnswer)
    assert result.reason is Reason.NOTHING_FITS
    assert result.text == "I searched and found nothing that answers this."
