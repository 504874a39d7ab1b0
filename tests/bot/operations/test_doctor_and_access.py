"""Findings on the bot's own parts, and on how answers use a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.errors import ModelMisconfigured
from footnote_bot.bot.operations.doctor import (
    identity,
    language_model,
    last_passes,
    precision,
    slack,
)
from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.indexers.findings import Access, GateInWords, Indexed, Level

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def passed(kind: PassKind = PassKind.ALL_PAGES, *, complete: bool = True, **counts: object) -> Pass:
    return Pass("w", kind, NOON, NOON, complete, **counts)  # type: ignore[arg-type]


def levels(*passes: Pass) -> list[Level]:
    return [finding.level for finding in last_passes(["w"], passes)]


def test_the_last_full_pass_says_how_a_wiki_stands() -> None:
    closed = passed(spaces={"HR": (5, 2), "ENG": (9, 0)})

    assert levels() == [Level.WARNING]
    assert levels(passed(PassKind.RECENT_EDITS)) == [Level.WARNING]
    assert levels(passed()) == [Level.OK]
    assert levels(closed, passed()) == [Level.OK]
    assert levels(passed(), closed) == [Level.WARNING]
    assert levels(passed(), passed(complete=False, error="It broke.")) == [Level.FAILURE]
    assert levels(passed(counts={"failed": 3})) == [Level.OK, Level.WARNING]
    assert "2 (2 in HR)" in next(iter(last_passes(["w"], [closed]))).says


def test_the_worst_spaces_are_named_and_the_others_counted() -> None:
    spaces = {f"S{number:02}": (50, number) for number in range(12)}
    (finding,) = last_passes(["w"], [passed(spaces=spaces)])

    assert finding.says.endswith("66 (11 in S11, 10 in S10, 9 in S09, 8 in S08, 7 in S07, 6 in S06,"
                              " 5 in S05, 4 in S04 and in 3 more spaces).")  # fmt: skip


def test_tokens_of_slack_are_missing_wrong_or_right() -> None:
    assert slack("socket", ["SLACK_BOT_TOKEN is not set"], nothing_set=True).level is Level.WARNING
    assert slack("http", ["SLACK_BOT_TOKEN is not set"], nothing_set=False).level is Level.FAILURE
    assert slack("http", [], nothing_set=False).level is Level.OK


def test_a_precision_that_few_answers_reach_is_probably_an_old_value() -> None:
    (finding,) = precision(0.9)

    assert finding.level is Level.WARNING
    assert "`[answer] precision` is 0.9, probably from an earlier version." in finding.says
    assert [list(precision(share)) for share in (0, 0.78, 0.85)] == [[], [], []]


GATE = GateInWords("space ENG", passed=True, why="")


def now(
    may_read: bool | None, indexed: Indexed | None, *, rechecked: bool = True, untold: str = ""
) -> AccessNow:
    access = Access("w", "ann", may_read, (GATE,), indexed=indexed, untold=untold)
    return AccessNow(access, NOON, rechecked)


@pytest.mark.parametrize(
    ("report", "used", "words"),
    [
        (now(True, Indexed(True, True)), True, "Answers use it for them"),
        (now(False, Indexed(False, True)), False, "Answers do not use it for them: "),
        (now(True, Indexed(False, False)), False, "do not use it for them yet"),
        (now(False, Indexed(True, False)), False, "looked at again before it goes out"),
        (now(False, Indexed(True, False), rechecked=False), True, "ANSWERS MAY USE IT"),
        (now(True, Indexed(True, False)), True, "to the same effect"),
        (now(True, None), False, "It is not indexed"),
        (
            now(True, None, untold="a running Footnote holds the index"),
            None,
            "a running Footnote holds the index",
        ),
        (now(None, None), None, ""),
    ],
)
def test_it_is_told_whether_answers_use_the_page(
    report: AccessNow, used: bool | None, words: str
) -> None:
    assert report.used is used
    assert words in report.answers
    assert report.json()["used"] is used


def test_whose_word_it_is_who_somebody_is_is_told() -> None:
    by_email = identity("email", 0)
    by_table = identity("accounts", 2)
    by_nothing = identity("accounts", 0)

    assert by_email.level is by_table.level is Level.OK
    assert "owners and admins of the workspace may change other people's" in by_email.says
    assert 'identity = "accounts"' in by_email.says
    assert "2 people are known by `[slack] accounts`" in by_table.says
    assert by_nothing.level is Level.WARNING
    assert all("User groups" in finding.says for finding in (by_email, by_table, by_nothing))


@pytest.mark.parametrize("cause", Cause)
def test_a_language_model_that_does_not_answer_is_a_failure_with_what_to_do(cause: Cause) -> None:
    def ask() -> None:
        raise ModelFailed(cause.words, cause=cause)

    finding = language_model("small", ask)

    assert finding.level is Level.FAILURE
    assert finding.says == f"The language model small does not answer: {cause.words}."
    assert finding.todo == cause.todo


def test_a_language_model_that_answers_is_right_and_one_that_lacks_a_key_is_not() -> None:
    def ask() -> None:
        raise ModelMisconfigured("It needs its key.")

    assert language_model("small", lambda: None).level is Level.OK
    assert language_model("small", ask).says == "It needs its key."
