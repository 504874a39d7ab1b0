"""What settings make of the bot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.app import App, answerer_of
from bot.model import Answer, NoAnswer
from bot.serving import serve
from bot.slack.home.weekly import Weekly
from bot.slack.wiring import slack_settings
from config.errors import SettingsError
from config.settings import (
    AnswerSettings,
    Secrets,
    Settings,
    SlackSettings,
    StateSettings,
)
from config.wikis import MarkdownSettings
from indexers.errors import WikiMisconfigured
from indexers.indexing import Indexing
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
    chosen = Settings(answer=AnswerSettings(max_characters=123, precision=0.899))
    answerer = answerer_of(chosen, library)

    assert (answerer.max_characters, answerer.min_confidence) == (123, pytest.approx(0.138))
    assert list(answerer.wikis) == ["handbook", "office"]
    assert answerer.retrieval.index is library.index


def test_pages_age_only_where_it_is_set(library: Library) -> None:
    chosen = Settings(answer=AnswerSettings(old_after_days=30))

    assert answerer_of(Settings(), library).aging is None
    aging = answerer_of(chosen, library).aging
    assert aging
    assert aging.after == timedelta(days=30)


def test_no_model_is_made_where_none_is_set(library: Library) -> None:
    assert App(Settings(), Secrets(), indexing=library).model is None


def test_settings_reach_slack() -> None:
    wiki = MarkdownSettings(
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


def test_a_digest_comes_when_it_is_set_and_not_before() -> None:
    slack = SlackSettings(
        review_channel="C1",
        digest=True,
        digest_day="friday",
        digest_hour=16,
        digest_timezone="Europe/Berlin",
    )

    assert slack_settings(Settings(), Secrets()).digest is None
    made = slack_settings(Settings(slack=slack), Secrets()).digest
    assert made == Weekly(4, 16, ZoneInfo("Europe/Berlin"))


def test_pages_are_stale_after_a_year_or_as_the_answers_call_them_old() -> None:
    chosen = Settings(answer=AnswerSettings(old_after_days=30))

    assert slack_settings(Settings(), Secrets()).stale_after == timedelta(days=365)
    assert slack_settings(chosen, Secrets()).stale_after == timedelta(days=30)


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
    wiki = MarkdownSettings(type="markdown", name="a", path=pages)
    chosen = Settings(data_dir=tmp_path / "data", wiki=(wiki,))
    with Indexing(chosen, Secrets()) as parts:
        parts.sync()

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
