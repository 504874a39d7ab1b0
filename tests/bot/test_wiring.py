"""What settings make of the bot: whose rights, one sync at a time, and their rhythm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SyncRunning
from bot.model import Answer, NoAnswer
from bot.wiring import OneSyncAtATime, answerer_of, asking, rhythm, serve, slack_settings
from config.settings import (
    AnswerSettings,
    Secrets,
    Settings,
    SettingsError,
    SlackSettings,
    StateSettings,
    WikiSettings,
)
from indexers.errors import IndexUnavailable, WikiMisconfigured
from indexers.model import Progress, SyncReport
from indexers.wiring import Indexing
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki

SECONDS = 10.0
"""More than anything here takes: a test that waits so long has failed."""


class Library(Indexing):
    """Two wikis of a page each, in a folder."""

    embedder = WordEmbedder()

    def __init__(self, folder: Path) -> None:
        wikis = [DictWiki("handbook"), DictWiki("office")]
        for wiki in wikis:
            wiki.write("leave", f"Leave by the {wiki.name}.")
        super().__init__(Settings(), Secrets(), wikis=wikis, folder=folder)


class Gate:
    """Progress that holds a sync up until it is let go."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> None:
        self.reached.set()
        assert self.open.wait(SECONDS)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "index") as library:
        yield library


def test_a_second_sync_is_refused_while_one_runs(library: Library) -> None:
    syncing, gate = OneSyncAtATime(library), Gate()
    thread = threading.Thread(target=syncing.sync, args=(None, gate))
    thread.start()
    try:
        assert gate.reached.wait(SECONDS)
        with pytest.raises(SyncRunning, match="running already"):
            syncing.sync("handbook", lambda _: None)
    finally:
        gate.open.set()
        thread.join(SECONDS)

    assert len(syncing.sync(None, lambda _: None)) == 2


def test_a_sync_that_failed_leaves_the_way_free(library: Library) -> None:
    syncing = OneSyncAtATime(library)
    with pytest.raises(WikiMisconfigured):
        syncing.sync("nope", lambda _: None)

    assert [report.wiki for report in syncing.sync("office", lambda _: None)] == ["office"]


def test_what_is_indexed_is_as_of_the_oldest_complete_sync(library: Library) -> None:
    syncing = OneSyncAtATime(library)
    before = datetime.now(UTC)

    assert syncing.as_of() is None
    syncing.sync("handbook", lambda _: None)
    assert syncing.as_of() is None
    syncing.sync("office", lambda _: None)
    first = syncing.as_of()
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    syncing.sync("handbook", lambda _: None)
    second = syncing.as_of()
    assert second is not None
    assert first < second


def test_without_a_wiki_nothing_is_known(tmp_path: Path) -> None:
    with Indexing(Settings(), Secrets(), wikis=[], folder=tmp_path) as empty:
        assert OneSyncAtATime(empty).as_of() is None


def test_stopping_waits_for_the_sync_that_runs(library: Library) -> None:
    syncing, gate = OneSyncAtATime(library), Gate()
    reports: list[SyncReport] = []
    thread = threading.Thread(target=lambda: reports.extend(syncing.sync(None, gate)))
    thread.start()
    assert gate.reached.wait(SECONDS)
    stopping = threading.Thread(target=syncing.stop)
    stopping.start()
    stopping.join(0.05)
    waited = stopping.is_alive()
    gate.open.set()
    stopping.join(SECONDS)
    thread.join(SECONDS)

    assert waited
    assert not any(report.complete for report in reports)
    assert syncing.as_of() is None


class Rota(OneSyncAtATime):
    """Counts the syncs; each does the next of what it is told to."""

    def __init__(self, *turns: Callable[[], list[SyncReport]]) -> None:
        self.turns = list(turns)
        self.done = threading.Event()
        self.stopped = False

    def sync(self, wiki: str | None, progress: object) -> list[SyncReport]:
        assert wiki is None
        turn = self.turns.pop(0)
        if not self.turns:
            self.done.set()
            self.turns.append(turn)
        return turn()

    def stop(self) -> None:
        self.stopped = True


def fine() -> list[SyncReport]:
    return [SyncReport("handbook", added=3, seconds=1.0)]


def busy() -> list[SyncReport]:
    raise SyncRunning("A sync is running already.")


def full() -> list[SyncReport]:
    raise IndexUnavailable("The disk is full.")


def broken() -> list[SyncReport]:
    raise RuntimeError("never thought of")


def test_syncs_go_on_whatever_happens_to_one(caplog: pytest.LogCaptureFixture) -> None:
    rota = Rota(fine, busy, full, broken, fine)
    with caplog.at_level(logging.INFO, "bot.wiring"), rhythm(rota, timedelta(milliseconds=1)):
        assert rota.done.wait(SECONDS)

    assert rota.stopped
    assert "Synced handbook: 3 added" in caplog.text
    assert "An admin's sync is running" in caplog.text
    assert "tried again in 0:00:00.001000: The disk is full." in caplog.text
    assert "never thought of" in caplog.text
    assert not [thread for thread in threading.enumerate() if thread.name == "syncing"]


def test_the_first_sync_is_at_once() -> None:
    rota = Rota(fine)
    with rhythm(rota, timedelta(hours=1)):
        assert rota.done.wait(SECONDS)


def test_every_zero_minutes_is_never() -> None:
    rota = Rota(fine)
    with rhythm(rota, timedelta(0)):
        assert not rota.done.wait(0.05)

    assert rota.stopped


def test_settings_reach_the_answers(library: Library) -> None:
    chosen = Settings(answer=AnswerSettings(max_characters=123, min_confidence=0.9))
    answerer = answerer_of(chosen, library)

    assert (answerer.max_characters, answerer.min_confidence) == (123, 0.9)
    assert list(answerer.wikis) == ["handbook", "office"]
    assert answerer.retrieval.index is library.index


def test_settings_reach_slack() -> None:
    wiki = WikiSettings(
        type="markdown", name="a", path=Path("a"), site_url="https://wiki.example.com/x"
    )
    chosen = Settings(
        wiki=(wiki,),
        slack=SlackSettings(review_channel="C1", admins=("U1",), workers=2, guests=True),
        state=StateSettings(retention_days=7),
    )
    secret = Secrets(
        slack_bot_token=SecretStr("xoxb-1"),
        slack_app_token=SecretStr("xapp-1"),
        slack_api_url="http://localhost:1/api/",
    )
    made = slack_settings(chosen, secret)

    assert (made.bot_token, made.app_token) == ("xoxb-1", "xapp-1")
    assert (made.api_url, made.review_channel, made.workers) == ("http://localhost:1/api/", "C1", 2)
    assert made.admins == {"U1"}
    assert made.guests
    assert not made.shared_channels
    assert made.retention == timedelta(days=7)
    assert any("wiki.example.com" in str(origin) for origin in made.link_origins)
    assert slack_settings(Settings(slack=SlackSettings(mode="http")), secret).app_token == ""
    assert slack_settings(Settings(), Secrets()).api_url == "https://slack.com/api/"


def test_serving_without_tokens_names_them(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path / "data")
    none = Secrets(slack_bot_token=SecretStr(""), slack_app_token=SecretStr(""))

    with pytest.raises(SettingsError, match="2 problems"):
        serve(chosen, none)
    assert not (tmp_path / "data").exists()


def test_an_index_is_closed_after_asking(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "leave.md").write_text("# Leave\n\nLeave is thirty days long.\n")
    wiki = WikiSettings(type="markdown", name="a", path=pages)
    chosen = Settings(data_dir=tmp_path / "data", wiki=(wiki,))
    with Indexing(chosen, Secrets()) as parts:
        parts.sync()

    for _ in range(2):
        with asking(chosen, Secrets(), email=None, wikis=()) as ask:
            assert isinstance(ask("How long is leave?"), Answer)
            assert isinstance(ask("?"), NoAnswer)
    with (
        pytest.raises(WikiMisconfigured, match="'b'; there are: a"),
        asking(chosen, Secrets(), email=None, wikis=["b"]),
    ):
        pass
