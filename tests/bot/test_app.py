"""The bot that settings make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from footnote_bot.bot.app import App, answerer_of
from footnote_bot.bot.model import Answer, NoAnswer
from footnote_bot.bot.operations.passes import PassKind, passed
from footnote_bot.bot.operations.scheduler import Always
from footnote_bot.bot.serving import SlackParts, connection_of, serve, syncs_of
from footnote_bot.bot.slack.environment import Environment, now
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.home.digest import Weekly
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.workspaces.narrowing import WikiPorts
from footnote_bot.config.errors import SettingsError
from footnote_bot.config.reloading import Reloading
from footnote_bot.config.settings import (
    AnswerSettings,
    IndexSettings,
    Secrets,
    Settings,
    SlackSettings,
)
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import SyncReport
from footnote_bot.indexers.ports import Reranker
from tests.bot.slack.conftest import Handbook, Operations, Sections, Syncs
from tests.bot.slack.conftest import Library as KnownPages
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki


class Library(Indexing):
    """Two wikis of a page each, in a folder."""

    embedder = WordEmbedder()

    def __init__(self, folder: Path) -> None:
        wikis = [DictWiki("handbook"), DictWiki("office")]
        for wiki in wikis:
            wiki.write("leave", f"Leave by the {wiki.name}.")
        super().__init__(Settings(), Secrets(), wikis=wikis, folder=folder)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "index") as library:
        yield library


def test_settings_reach_the_answers(library: Library) -> None:
    chosen = Settings(answer=AnswerSettings(max_characters=123, precision=0.82))
    answerer = answerer_of(chosen, library)

    assert (answerer.max_characters, answerer.sure) == (123, pytest.approx(0.7))
    assert answerer.retrieval.index is library.index


def test_a_running_process_takes_over_new_thresholds(library: Library) -> None:
    app = App(Settings(), Secrets(), indexing=library)
    app.__dict__["searching"] = answerer_of(Settings(), library)
    app.follow(Settings(answer=AnswerSettings(max_characters=123, old_after_days=30)))
    changed = app.searching

    assert changed.max_characters == 123
    assert changed.aging
    assert changed.retrieval.index is library.index


def test_pages_age_only_where_it_is_set(library: Library) -> None:
    chosen = Settings(answer=AnswerSettings(old_after_days=30))

    assert answerer_of(Settings(), library).aging is None
    aging = answerer_of(chosen, library).aging
    assert aging
    assert aging.after == timedelta(days=30)


def test_no_model_is_made_where_none_is_set(library: Library) -> None:
    assert App(Settings(), Secrets(), indexing=library).model is None


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Callable[[Settings], SlackParts]]:
    """Return the parts in Slack that the settings make, on a database of their own."""
    with closing(Database.open(tmp_path / "state.db")) as state:
        yield lambda settings: SlackParts(
            settings,
            connection_of(settings, SECRETS),
            Environment(),
            Identity("T1", "U0BOT", "B1", "footnote"),
            wikis=WikiPorts(
                answering=Handbook(),
                reindexing=Syncs(),
                operating=Operations(Handbook()),
                library=KnownPages(),
                sections=Sections(),
            ),
            state=state,
            process=Process(state, now),
        )


SECRETS = Secrets(
    slack_bot_token=SecretStr("xoxb-1"),
    slack_app_token=SecretStr("xapp-1"),
    slack_api_url="http://localhost:1/api/",
)


async def test_settings_reach_slack(composed: Callable[[Settings], SlackParts]) -> None:
    wiki = MarkdownSettings(
        type="markdown", name="a", path=Path("a"), site_url="https://wiki.example.com/x"
    )
    slack = SlackSettings(review_channel="C1", admins=("U1",), workers=2, guests=True)
    parts = composed(Settings(wiki=(wiki,), slack=slack))
    people, digests = parts.slack.people, parts.flagging().maintenance.post_digest

    assert people.admins == {"U1"}
    assert people.guests
    assert not people.shared_channels
    assert parts.executor._max_workers == 2
    assert digests.__self__.channel == "C1"
    assert parts.slack.links == {"https://wiki.example.com"}


def test_tokens_and_addresses_reach_the_connection() -> None:
    connection = connection_of(Settings(), SECRETS)

    assert (connection.bot_token, connection.app_token) == ("xoxb-1", "xapp-1")
    assert connection.api_url == "http://localhost:1/api/"
    assert connection_of(Settings(slack=SlackSettings(mode="http")), SECRETS).app_token == ""
    assert connection_of(Settings(), Secrets()).api_url == "https://slack.com/api/"


async def test_a_digest_comes_when_it_is_set_and_not_before(
    composed: Callable[[Settings], SlackParts],
) -> None:
    slack = SlackSettings(review_channel="C1", digest="friday 16:00 Europe/Berlin")
    due = [
        composed(chosen).flagging().maintenance.post_digest
        for chosen in (Settings(), Settings(slack=slack))
    ]

    assert [post.__self__.weekly for post in due] == [
        None,
        Weekly(4, time(16), ZoneInfo("Europe/Berlin")),
    ]


async def test_pages_are_stale_after_a_year_or_as_the_answers_call_them_old(
    composed: Callable[[Settings], SlackParts],
) -> None:
    chosen = Settings(answer=AnswerSettings(old_after_days=30))

    assert composed(Settings()).insights.stale_after == timedelta(days=365)
    assert composed(chosen).insights.stale_after == timedelta(days=30)


def test_serving_without_tokens_names_them(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path / "data")
    none = Secrets(slack_bot_token=SecretStr(""), slack_app_token=SecretStr(""))

    with pytest.raises(SettingsError, match="2 problems"):
        serve(chosen, none, lambda _: nullcontext(), Reloading(chosen, lambda: chosen))
    assert not (tmp_path / "data").exists()


def test_an_index_is_closed_after_asking(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "leave.md").write_text("# Leave\n\nLeave is thirty days long.\n")
    wiki = MarkdownSettings(type="markdown", name="a", path=pages)
    chosen = Settings(data_dir=tmp_path / "data", wiki=(wiki,))
    with Indexing(chosen, Secrets()) as indexing:
        indexing.sync()

    for _ in range(2):
        with App(chosen, Secrets()) as app:
            ask = app.asker(None)
            assert isinstance(ask("How long is leave?"), Answer)
            assert isinstance(ask("?"), NoAnswer)
    with (
        App(chosen, Secrets()) as app,
        pytest.raises(WikiMisconfigured, match="'b'; there are: a"),
    ):
        app.asker(None, ["b"])


def test_processes_take_turns_only_where_they_can_share_an_index(tmp_path: Path) -> None:
    """Only one process can hold an embedded index, so it must not wait for a lease."""
    settings = Settings(data_dir=tmp_path)
    server = settings.model_copy(update={"index": IndexSettings(url="http://127.0.0.1:6333")})
    with App(settings, Secrets()) as alone:
        assert isinstance(alone.timer_turn(), Always)
    with App(server, Secrets()) as first, App(server, Secrets()) as other:
        turns = first.timer_turn(), other.timer_turn()

        assert [turn.take() for turn in turns] == [True, False]


def test_the_cross_encoder_of_answers_to_people_is_measured(tmp_path: Path) -> None:
    identities: list[str] = []

    def timed(reranker: Reranker) -> Reranker:
        identities.append(reranker.identity)
        return reranker

    with App(Settings(data_dir=tmp_path), Secrets()) as app:
        app.timed = timed
        _ = app.searching
        _ = app.quotations  # the rebuilt index is searched by it

    assert len(identities) == 1


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:6333"])
def test_a_bot_beside_an_indexer_keeps_up_with_the_wikis(tmp_path: Path, url: str) -> None:
    """It reads no wiki on a timer, but it looks up addresses of pages. An embedded index is synced
    only by its own process."""
    settings = Settings(data_dir=tmp_path / "data", index=IndexSettings(url=url))
    followed: list[str] = []
    with Library(tmp_path / "index") as library, App(settings, Secrets(), indexing=library) as app:
        for source in library.wikis.values():
            source.follow = partial(followed.append, source.name)  # type: ignore[method-assign]
        syncing = syncs_of(app)
        syncing.catch_up()
        at_the_start = list(followed)
        app.pass_log().record(
            passed(SyncReport("office", complete=True), PassKind.ALL_PAGES, now(), now(), None)
        )
        syncing.catch_up()

    assert at_the_start == (["handbook", "office"] if url else [])
    assert followed == (["handbook", "office", "office"] if url else [])


def test_a_wiki_that_fails_for_weeks_is_as_old_as_its_last_pass(tmp_path: Path) -> None:
    """Otherwise its age, and the alert about it, would vanish if nobody has fixed it for a week."""
    settings, began = Settings(data_dir=tmp_path / "data"), now() - timedelta(days=20)
    with Library(tmp_path / "index") as library, App(settings, Secrets(), indexing=library) as app:
        library.sync()
        report = SyncReport("office", complete=True)
        app.pass_log().record(passed(report, PassKind.ALL_PAGES, began, began, None))
        rows = app.queries.status()["wikis"]

    assert datetime.fromisoformat(rows["office"]["as_of"]) == began
    assert rows["handbook"]["as_of"] is None
