"""The objects that settings make: wikis, rights and the one index."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from footnote_bot.config.settings import IndexSettings, Secrets, Settings
from footnote_bot.config.wikis import Language, MarkdownSettings
from footnote_bot.indexers.conversion import sections
from footnote_bot.indexers.errors import IndexLocked, ModelUnavailable, WikiMisconfigured
from footnote_bot.indexers.index.languages import AUTO
from footnote_bot.indexers.index.lexical import Words
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Changed, Principal
from footnote_bot.indexers.ports import Wiki
from footnote_bot.indexers.sources.markdown.git import GitWiki
from footnote_bot.indexers.sources.markdown.source import MarkdownSource
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.sources.readers import WikiReaders
from footnote_bot.indexers.sources.source import Resources
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki


class Library(Indexing):
    """Two wikis in one index, with an embedder of words."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.handbook, self.office = DictWiki("handbook"), DictWiki("office")
        for wiki in (self.handbook, self.office):
            wiki.write("leave", f"Leave by the {wiki.name} is long.")
        self.words = WordEmbedder()
        super().__init__(
            settings or Settings(), Secrets(), wikis=[self.handbook, self.office], folder=folder
        )

    @property
    def embedder(self) -> WordEmbedder:  # type: ignore[override]
        return self.words


def opened(settings: MarkdownSettings, data_dir: Path) -> Wiki:
    return MarkdownSource(settings, Resources(data_dir, Secrets().variable)).wiki


def test_any_reader_passes_the_one_gate() -> None:
    acl = WikiReaders(["@engineering", "Ann@Example.com"]).acl

    assert acl == Acl.of(["group:engineering", "user:ann@example.com"])
    assert acl.admits(Principal.of(EVERYONE, "user:ann@example.com"))
    assert not acl.admits(Principal.of(EVERYONE, "user:bob@example.com"))
    assert WikiReaders(["everyone"]).acl == OPEN


def test_a_folder_is_a_wiki_with_what_its_settings_say(tmp_path: Path) -> None:
    (tmp_path / "keep.md").write_text("# Keep\n\nText.\n")
    (tmp_path / "drop.md").write_text("# Drop\n\nText.\n")
    settings = MarkdownSettings(
        type="markdown",
        name="handbook",
        path=tmp_path,
        site_url="https://handbook.example.com/",
        readers=("@a",),
        exclude=("drop.md",),
    )
    wiki = opened(settings, tmp_path)
    changes = list(wiki.changes({}))
    (page,) = [change.page for change in changes if isinstance(change, Changed)]

    assert isinstance(wiki, MarkdownWiki)
    assert (page.wiki, page.key, page.acl) == ("handbook", "keep.md", WikiReaders(["@a"]).acl)
    assert page.url == "https://handbook.example.com/keep/"


def test_a_repository_is_a_wiki(tmp_path: Path) -> None:
    settings = MarkdownSettings(type="markdown", name="a", git="https://git.example.com/a.git")

    assert isinstance(opened(settings, tmp_path), GitWiki)


def test_one_wiki_is_synced_by_its_name(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        assert [report.wiki for report in library.sync("office")] == ["office"]
        assert library.index.counts() == {"office": (1, 1)}
        with pytest.raises(WikiMisconfigured, match="'nope'; there are: handbook, office"):
            library.sync("nope")


def test_a_wiki_that_left_the_settings_leaves_the_index(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.sync()
        del library.wikis["office"]
        library.sync(dry_run=True)
        assert library.index.counts().keys() == {"handbook", "office"}
        library.sync()

        assert library.index.counts().keys() == {"handbook"}


def test_a_stopped_sync_forgets_nobody(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.sync()
        del library.wikis["office"]
        library.sync(stopped=lambda: True)

        assert library.index.counts().keys() == {"handbook", "office"}


def test_an_index_that_is_open_is_locked_until_it_is_closed(tmp_path: Path) -> None:
    with Library(tmp_path) as holder:
        holder.sync()
        with Library(tmp_path) as second, pytest.raises(IndexLocked):
            second.sync()
    with Library(tmp_path) as next_holder:
        assert next_holder.index.counts().keys() == {"handbook", "office"}


def test_another_language_is_built_beside_and_then_read(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.sync()
    other = Settings(index=IndexSettings(language="german"))
    with Library(tmp_path, other) as library:
        assert library.index.building
        assert library.index.counts().keys() == {"handbook", "office"}
        library.sync("office")
        assert library.index.building
        library.sync()

        assert not library.index.building
        assert library.index.counts().keys() == {"handbook", "office"}
        assert library.words.embedded == []  # the same words: their vectors are kept


def test_a_page_is_read_by_its_ending_or_by_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_bytes(b"# Leave\n\nLong \xff.\n")

    assert [section.text for section in sections(file)] == ["Long ÿ."]
    assert sections(file, "markdown") == sections(file)


def test_an_unknown_model_is_reported(tmp_path: Path) -> None:
    settings = Settings(index=IndexSettings(model="nobody/knows"), data_dir=tmp_path)
    with (
        pytest.raises(ModelUnavailable, match="nobody/knows"),
        Indexing(settings, Secrets(), wikis=[DictWiki()]) as indexing,
    ):
        indexing.sync()


def test_no_passage_is_longer_than_the_model_reads(tmp_path: Path) -> None:
    """Some of the limit is reserved for the title and the headings."""
    for reads, size in ((128, 100), (256, 200), (512, 200)):
        with Library(tmp_path / str(reads)) as library:
            library.words.max_tokens = reads

            assert library.splitter.max_tokens == size


@pytest.mark.parametrize("language", sorted(set(get_args(Language)) - {AUTO}))
def test_a_language_that_may_be_set_can_be_searched(language: str) -> None:
    assert Words(language).of_passage("Leave is 30 days long.")[0]
