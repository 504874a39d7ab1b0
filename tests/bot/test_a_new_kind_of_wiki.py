"""A new kind of wiki needs settings, a `WikiSource` and two lines: the command line, the index,
rights and checks need no other change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.config.wikis import WIKI_KINDS
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import SyncScope
from footnote_bot.indexers.sources import SOURCES
from tests.bot.shell import Shell
from tests.fakes.json_wiki import JsonSettings, JsonSource

URL = "https://notes.example.com/w"
LEAVE = "How many days of leave do we have?"
PAY = "When is the salary paid?"
ANN, BOB = "ann@example.com", "bob@example.com"


class Office:
    """One wiki of the new kind: a page for everyone, and one only for Ann."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.content: dict[str, Any] = {
            "people": {ANN: "7", BOB: "8"},
            "pages": {
                "leave": {
                    "title": "Leave",
                    "text": "Everyone has 28 days of leave a year.",
                    "readers": ["everyone"],
                    "owner": "7",
                },
                "pay": {
                    "title": "Salary",
                    "text": "The salary is paid on the 25th of each month.",
                    "readers": ["7"],
                },
            },
        }
        self.save()
        shell.write(
            "footnote.toml",
            f'[[wiki]]\nname = "notes"\ntype = "json"\nfile = "notes.json"\nurl = "{URL}"\n'
            "[answer]\ncheck_seconds = 30\n",
        )

    def save(self) -> None:
        self.shell.write("notes.json", json.dumps(self.content))

    def ask(self, question: str, *options: str) -> Any:
        return self.shell.footnote("ask", question, "--json", *options).json


@pytest.fixture
def office(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setitem(WIKI_KINDS, "json", JsonSettings)
    monkeypatch.setitem(SOURCES, "json", lambda: JsonSource)
    return Office(shell)


@pytest.fixture
def synced(office: Office) -> Office:
    result = office.shell.footnote("sync", "--json")
    assert (result.code, result.json["wikis"]["notes"]["added"]) == (0, 2), result.err
    return office


def test_its_settings_are_checked_as_others_are(office: Office) -> None:
    office.shell.write("footnote.toml", '[[wiki]]\nname = "n"\ntype = "json"\nfil = "a"\n')
    result = office.shell.footnote("sync")

    assert result.code == 2
    assert "`wiki.0.fil` is not a setting; did you mean `file`?" in result.err
    assert "`wiki.0.url` is missing" in result.err


def test_its_file_counts_from_the_settings_file_s_folder(office: Office) -> None:
    (wiki,) = load(office.shell.folder / "footnote.toml").wiki

    assert isinstance(wiki, JsonSettings)
    assert wiki.file == office.shell.folder / "notes.json"


def test_what_it_says_is_answered_with_a_footnote(synced: Office) -> None:
    answer = synced.ask(LEAVE)

    assert "28 days" in answer["text"]
    assert [source["url"] for source in answer["sources"]] == [f"{URL}/leave"]


def test_only_who_may_read_a_page_hears_of_it(synced: Office) -> None:
    assert "25th" in synced.ask(PAY, "--as", ANN)["text"]
    for options in ((), ("--as", BOB)):
        assert "25th" not in json.dumps(synced.ask(PAY, *options))


def test_a_page_that_is_closed_since_the_sync_is_not_quoted(synced: Office) -> None:
    synced.content["pages"]["leave"]["readers"] = ["7"]
    synced.save()

    assert "28 days" not in json.dumps(synced.ask(LEAVE))
    assert "28 days" in synced.ask(LEAVE, "--as", ANN)["text"]


def test_the_next_sync_reads_what_changed_and_nothing_else(synced: Office) -> None:
    synced.content["pages"]["leave"]["text"] = "Everyone has 30 days of leave a year."
    del synced.content["pages"]["pay"]
    synced.save()
    report = synced.shell.footnote("sync", "--json").json["wikis"]["notes"]

    assert (report["changed"], report["removed"], report["unchanged"]) == (1, 1, 0)
    assert "30 days" in synced.ask(LEAVE)["text"]


def test_status_and_doctor_tell_of_it(synced: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    status = synced.shell.footnote("status", "--json").json
    doctor = synced.shell.footnote("doctor", "--json").json["findings"]
    monkeypatch.setenv("JSON_TOKEN", "secret")
    well = synced.shell.footnote("doctor", "--json").json["findings"]

    assert status["wikis"]["notes"]["pages"] == 2
    ours = [
        (finding["level"], finding["says"]) for finding in doctor if finding["about"] == "notes"
    ]
    assert ours[:2] == [("failure", "It has no token."), ("ok", "Its file has 2 pages.")]
    assert "It has no token." not in json.dumps(well)


def test_access_says_who_may_read_its_pages(synced: Office) -> None:
    def rights_of(email: str) -> tuple[bool, bool]:
        report = synced.shell.footnote("access", email, f"{URL}/pay", "--json").json
        return report["may_read"], report["indexed"]["admits"]

    assert rights_of(ANN) == (True, True)
    assert rights_of(BOB) == (False, False)


def test_its_pages_have_owners_and_places_to_edit_them(synced: Office) -> None:
    settings = load(synced.shell.folder / "footnote.toml")
    with Indexing(settings, Secrets()) as indexing:
        known = indexing.index.known("notes")["leave"]

        assert indexing.wikis.owner("notes", known.owner) == ANN
        assert indexing.wikis.edit_address("notes", "leave", f"{URL}/leave") == f"{URL}/leave/edit"
        assert indexing.wikis.part(f"{URL}/leave") == SyncScope("notes", page="leave")


def test_what_it_cannot_do_is_said(synced: Office) -> None:
    settings = load(synced.shell.folder / "footnote.toml")
    with Indexing(settings, Secrets()) as indexing:
        (report,) = indexing.sync(part=SyncScope("notes", page="leave"))

        assert "can only be read as a whole" in str(report.error)
        assert indexing.sync(recent=True) == []


def test_its_links_may_be_shown_in_slack(office: Office) -> None:
    settings = load(office.shell.folder / "footnote.toml")

    assert origins([URL]) <= origins(settings.linked)


def test_every_kind_that_can_be_set_can_be_read() -> None:
    assert SOURCES.keys() == WIKI_KINDS.keys()
    assert all(callable(opened()) for opened in SOURCES.values())
