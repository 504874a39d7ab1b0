"""Failures that a person notices: what the log and the person are told."""

from __future__ import annotations

import logging

import pytest

from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.errors import ChatUnavailable, StateRefused, StateUnavailable
from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable


def logged(caplog: pytest.LogCaptureFixture, failure: Exception) -> str:
    """Return what the log says of ``failure``, raised and caught."""
    try:
        raise failure  # noqa: TRY301 - so that it has a traceback
    except Exception as error:  # noqa: BLE001 - as at the edge
        incidents.note("abc123", "message 1.0 in C0TEAM", error)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    return caplog.text


@pytest.mark.parametrize(
    "failure",
    [
        ChatUnavailable("The Slack API did not answer users.info."),
        StateUnavailable("The database is away."),
        IndexUnavailable("The server at http://qdrant:6333 failed: 503\nRaw content:\nb''"),
        IndexCorrupt("The index is damaged."),
    ],
)
def test_what_is_away_takes_one_line_of_the_log(
    caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    (line,) = logged(caplog, failure).splitlines()

    assert "Incident abc123: message 1.0 in C0TEAM: The " in line


@pytest.mark.parametrize("failure", [ValueError("odd"), StateRefused("No such column.")])
def test_a_fault_of_the_program_is_logged_with_its_traceback(
    caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    assert "Traceback" in logged(caplog, failure)


def test_a_person_is_told_that_the_search_is_away() -> None:
    away = incidents.sorry("abc123", IndexUnavailable("The server at http://qdrant is away."))
    wrong = incidents.sorry("abc123", ValueError("odd"))

    assert away.text.startswith("I cannot reach the search right now")
    assert wrong.text.startswith("Something went wrong on my side")
    assert "abc123" in " ".join(away.small)
    assert "qdrant" not in f"{away.text} {away.small}"
