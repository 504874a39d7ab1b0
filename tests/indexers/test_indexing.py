"""Several wikis and one index: each wiki is synced in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import MassRemoval, WikiUnavailable
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import DictWiki


class Library(Indexing):
    """Two wikis; the first one makes trouble."""

    embedder = WordEmbedder()

    def __init__(self, folder: Path) -> None:
        self.troubled, self.sound = DictWiki("troubled"), DictWiki("sound")
        for number in range(30):
            self.troubled.write(f"page-{number}", f"Text of page {number}.")
        self.sound.write("leave", "Everyone has 28 days.")
        super().__init__(Settings(), Secrets(), wikis=[self.troubled, self.sound], folder=folder)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path) as library:
        yield library


def test_a_wiki_that_cannot_be_listed_keeps_no_other_wiki_from_its_turn(library: Library) -> None:
    library.troubled.breaks_off = 3
    troubled, sound = library.sync()

    assert isinstance(troubled.error, WikiUnavailable)
    assert not troubled.complete
    assert troubled.added == 3
    assert sound.error is None
    assert sound.added == 1


def test_a_refused_removal_keeps_no_other_wiki_from_its_turn_and_reports_the_work_done(
    library: Library,
) -> None:
    library.sync()
    library.troubled.pages.clear()
    library.troubled.write("new", "Written since.")
    library.sound.write("travel", "Travel is far.")
    troubled, sound = library.sync()

    assert isinstance(troubled.error, MassRemoval)
    assert not troubled.complete
    assert (troubled.added, troubled.removed) == (1, 0)
    assert sound.added == 1


def test_a_wiki_that_left_the_settings_stays_while_another_is_in_trouble(library: Library) -> None:
    library.sync()
    del library.wikis["sound"]
    library.troubled.breaks_off = 0
    library.sync()

    assert library.index.counts()["sound"] == (1, 1)


def test_narrowed_readers_hold_before_any_sync(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    (tmp_path / "wiki" / "leave.md").write_text("# Leave\n\nEveryone has 28 days.\n")

    def hit_count(parts: Indexing, *tokens: str) -> int:
        vector = parts.embedder.embed_question("leave")
        return len(search(parts.index, "leave", vector, reader=Principal.of(*tokens), limit=5))

    def opened(*readers: str) -> Indexing:
        wiki = MarkdownSettings(type="markdown", name="w", path=tmp_path / "wiki", readers=readers)
        return Indexing(Settings(wiki=(wiki,), data_dir=tmp_path / "data"), Secrets())

    with opened(EVERYONE) as open_to_all:
        open_to_all.sync()
        assert hit_count(open_to_all, EVERYONE) == 1
    with opened("@hr") as narrowed:
        assert hit_count(narrowed, EVERYONE) == 0
        assert hit_count(narrowed, "group:hr") == 0
        (report,) = narrowed.sync()
        assert (report.relabelled, report.passages_embedded) == (1, 0)
        assert hit_count(narrowed, EVERYONE) == 0
        assert hit_count(narrowed, "group:hr") == 1
