"""The command line's answers if Confluence does not say who a person is."""

from __future__ import annotations

import pytest

from footnote_bot.playground.confluence.faults import Fault
from tests.bot.shell import Ran
from tests.bot.test_cli_doctor import Office, office

__all__ = ["office"]

ANN = "ann@example.com"
TRAVEL = "How is travel booked?"
UNKNOWN = "I could not ask the wiki what you may read, so I searched only what is open to everyone"


@pytest.fixture
def synced(office: Office) -> Office:
    office.shell.footnote("sync")
    return office


def ask(office: Office, question: str = TRAVEL, *options: str) -> Ran:
    return office.shell.footnote("ask", question, "--as", ANN, *options)


def words(result: Ran) -> str:
    """Return the output without line breaks."""
    return " ".join(result.out.split())


@pytest.mark.parametrize("path", ["memberof", "(search/user|user/list)"], ids=["groups", "users"])
def test_somebody_whom_confluence_does_not_tell_hears_so(synced: Office, path: str) -> None:
    synced.confluence.faults.on(path, Fault(403), times=None)
    payload = ask(synced, TRAVEL, "--json", "--why").json

    assert (payload["kind"], payload["reason"]) == ("no_answer", "rights_unknown")
    assert payload["text"].startswith(f"{UNKNOWN}, and found nothing that answers this.")
    assert payload["rights_unknown"] == [synced.confluence.base_url.partition("://")[2]]
    assert payload["why"]["rights"] == UNKNOWN
    assert words(ask(synced, TRAVEL, "--why")).count(UNKNOWN) == 2


def test_an_answer_from_what_is_open_says_that_there_may_be_more(
    synced: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_ANSWER__PRECISION", "0")
    question = "Who is welcome?"
    assert ask(synced, question, "--json").json["rights_unknown"] == []

    synced.confluence.faults.on("memberof", Fault(403), times=None)
    payload = ask(synced, question, "--json").json

    assert payload["kind"] == "answer"
    assert payload["rights_unknown"]
    assert f"{UNKNOWN}." in words(ask(synced, question))


def test_a_token_that_has_expired_is_no_reason_for_silence(synced: Office) -> None:
    synced.confluence.faults.on(".", Fault(401), times=None)

    assert ask(synced, TRAVEL, "--json").json["reason"] == "rights_unknown"


def test_a_429_to_a_new_process_is_asked_again(synced: Office) -> None:
    for path in ("memberof", "(search/user|user/list)"):
        synced.confluence.faults.on(path, Fault(429, retry_after="1"), times=1)
    payload = ask(synced, TRAVEL, "--json").json

    assert payload["kind"] == "answer"
    assert payload["rights_unknown"] == []


def test_a_stranger_is_told_nothing_of_rights(synced: Office) -> None:
    """Confluence said that no account has this address."""
    payload = synced.shell.footnote("ask", TRAVEL, "--as", "eve@example.com", "--json").json

    assert payload["kind"] == "no_answer"
    assert payload["rights_unknown"] == []


@pytest.mark.parametrize("path", ["memberof", "(search/user|user/list)"], ids=["groups", "users"])
def test_sync_and_status_say_that_people_cannot_be_asked_for(synced: Office, path: str) -> None:
    synced.confluence.faults.on(path, Fault(403), times=None)
    result = synced.shell.footnote("sync", "--json")
    (warning,) = result.json["warnings"]

    assert result.code == 0
    assert warning.startswith("Confluence does not say who people are and what they may read")
    assert warning in result.err
    assert synced.shell.footnote("status", "--json").json["wikis"]["office"]["warnings"] == [
        warning
    ]
    assert warning in synced.shell.footnote("status").out


def test_sync_says_nothing_of_people_where_they_can_be_asked_for(synced: Office) -> None:
    assert synced.shell.footnote("sync", "--json").json["warnings"] == []
