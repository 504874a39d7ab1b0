"""Answers that people liked must be found in a rebuilt index."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.evaluation.promotion import SavedQuestions
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.model import Answer, Source
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.indexers.model import Acl
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex
from tests.fakes.passages import passages

from .test_regression import NOTHING, Office

EMBEDDER = WordEmbedder()
CROWD = {f"page-{n}": "Parental leave takes weeks of leave, weeks and weeks." for n in range(30)}


def index(texts: dict[str, str], acl: Acl | None = None) -> ListIndex:
    filled = ListIndex()
    for page, text in texts.items():
        new_passages = passages(page, text, acl=acl or Acl.of(["everyone"]))
        filled.replace(
            new_passages, EMBEDDER.embed_passages([passage.embedded for passage in new_passages])
        )
    return filled


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(Database.open(tmp_path / "state.db"))


async def praise(office: Office, question: str, page: str, *, private: bool = False) -> None:
    source = Source(page.title(), "", "u", "So.", "handbook", page, "1")
    place = MessageRef("T", "C", f"{question}{page}", f"{question}{page}")
    store = DatabaseAnswers(office.store._database)
    question_asked = AskedQuestion(question, "U1", place, private=private)
    recorded = store.keep(
        question_asked, Answer("So. [1]", (source,), 1), office.feedback.clock(), None, {}
    )
    await office.feedback.praise(recorded.id, "U1")


def gate(office: Office) -> SavedQuestions:
    return SavedQuestions(office.store, EMBEDDER)


STANDING = {"leave": "Leave is booked in the calendar.", "travel": "Travel is far away."}


async def test_an_index_that_finds_what_was_praised_is_taken(office: Office) -> None:
    await praise(office, "How is leave booked?", "leave")

    assert gate(office)(index(STANDING), index({**STANDING, "new": "Something else."})) == []


async def test_one_that_hides_the_page_behind_others_is_not(office: Office) -> None:
    await praise(office, "weeks of parental leave?", "leave")
    worse = {"leave": "Nothing that was asked.", **CROWD}
    before = {"leave": "weeks of parental leave"}

    assert gate(office)(index(before), index(worse)) == [
        "Saved questions that do not find their pages any more: 1 of 1."
    ]


async def test_a_page_that_is_gone_is_another_s_objection(office: Office) -> None:
    await praise(office, "How is leave booked?", "leave")

    assert gate(office)(index(STANDING), index({"travel": "Travel is far away."})) == []


async def test_what_was_not_found_before_need_not_be_found_now(office: Office) -> None:
    await praise(office, "weeks of parental leave?", "leave")
    worse = {"leave": "Nothing that was asked.", **CROWD}

    assert gate(office)(index(worse), index(worse)) == []


async def test_a_closed_page_is_looked_for_with_its_own_rights(office: Office) -> None:
    await praise(office, "weeks of parental leave?", "leave", private=True)
    closed = Acl.of(["group:hr"], ["user:ann"])
    worse = {"leave": "Nothing that was asked.", **CROWD}

    assert gate(office)(index({"leave": "weeks of parental leave"}, closed), index(worse, closed))


async def test_what_is_right_though_it_was_flagged_counts_and_what_is_unfit_does_not(
    office: Office,
) -> None:
    place = MessageRef("T", "C", "9.0", "9.0")
    source = Source("Leave", "", "u", "So.", "handbook", "leave", "1")
    question = AskedQuestion("weeks of parental leave?", "U1", place, private=False)
    recorded = await office.feedback.record(question, Answer("So. [1]", (source,), 1))
    await office.feedback.complain(recorded.id, "U2", Complaint.WRONG_PAGE)
    before, worse = {"leave": "weeks of parental leave"}, {"leave": "Else.", **CROWD}
    unfit = gate(office)(index(before), index(worse))
    await office.feedback.complain(recorded.id, "U2", Complaint.OUTDATED)

    assert unfit == []
    assert gate(office)(index(before), index(worse)) != []


async def test_silences_and_nothing_at_all_stop_nothing(office: Office) -> None:
    await office.record(NOTHING)

    assert gate(office)(index(STANDING), index({})) == []
