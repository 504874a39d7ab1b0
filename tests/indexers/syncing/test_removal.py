"""How many pages one sync may remove, and which pages count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import MassRemoval, WikiUnavailable
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import NOBODY, SyncReport
from footnote_bot.indexers.ports import PassageIndex
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.fakes.defaults import attempted_sync, sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki, by_section

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PassageIndex]:
    with EdgeIndex.open(tmp_path / "index", dimensions=WordEmbedder.dimensions) as index:
        yield index


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "wiki"
    folder.mkdir()
    for number in range(25):
        (folder / f"{number:02}.md").write_text(f"Text of page {number}.")
    return folder


@pytest.fixture
def wiki() -> DictWiki:
    wiki = DictWiki()
    for number in range(25):
        wiki.write(f"page-{number:02}", f"Text of page {number}.")
    return wiki


def synced(wiki: MarkdownWiki | DictWiki, index: PassageIndex, **options: Any) -> SyncReport:
    return sync(wiki, index, WordEmbedder(), by_section, **options)


@pytest.mark.parametrize("content", [b"", b"\n", LFS, b"\x00\x01\x02" * 50])
def test_files_that_an_accident_emptied_keep_their_pages_until_a_human_word(
    folder: Path, index: PassageIndex, content: bytes
) -> None:
    wiki = MarkdownWiki("w", folder, flavour="github")
    synced(wiki, index)
    for number in range(24):
        (folder / f"{number:02}.md").write_bytes(content)
    report = attempted_sync(wiki, index, WordEmbedder(), by_section)

    assert re.search(r"24 of the 25 pages of w.*--allow-mass-removal", str(report.error))
    assert (report.removed, len(report.skipped), len(index.known("w"))) == (0, 24, 25)

    assert synced(wiki, index, allow_mass_removal=True).removed == 24
    assert index.known("w").keys() == {"24.md"}


@pytest.mark.parametrize("matter", ["draft: true", "published: false", "expirydate: 2001-01-01"])
def test_pages_that_their_author_takes_back_leave_however_many(
    folder: Path, index: PassageIndex, matter: str
) -> None:
    wiki = MarkdownWiki("w", folder, flavour="hugo")
    synced(wiki, index)
    for number in range(24):
        (folder / f"{number:02}.md").write_text(f"---\n{matter}\n---\nText of page {number}.")

    assert synced(wiki, index).removed == 24


def test_a_page_that_its_author_takes_back_leaves_though_the_wiki_then_goes_away(
    wiki: DictWiki, index: PassageIndex
) -> None:
    synced(wiki, index)
    wiki.drafts = {"page-00"}
    wiki.breaks_off = 3
    with pytest.raises(WikiUnavailable):
        synced(wiki, index)

    assert "page-00" not in index.known("handbook")
    assert len(index.known("handbook")) == 24


def test_vanished_pages_and_those_without_text_count_together(
    wiki: DictWiki, index: PassageIndex
) -> None:
    synced(wiki, index)
    for number in range(10):
        del wiki.pages[f"page-{number:02}"]
    wiki.binary = {f"page-{number:02}" for number in range(10, 15)}
    for number in range(15, 20):
        wiki.write(f"page-{number:02}", "")
    with pytest.raises(MassRemoval, match="20 of the 25 pages"):
        synced(wiki, index)

    assert len(index.known("handbook")) == 25


def test_emptied_pages_are_shown_to_nobody_while_their_removal_waits(
    wiki: DictWiki, index: PassageIndex
) -> None:
    """For wikis with page rights: the text may have been withdrawn."""
    wiki.has_page_rights = True
    synced(wiki, index)
    wiki.binary = {f"page-{number:02}" for number in range(24)}
    with pytest.raises(MassRemoval):
        synced(wiki, index)

    closed = {key for key, page in index.known("handbook").items() if page.acl == NOBODY}
    assert closed == wiki.binary


def test_text_that_moved_to_another_page_was_not_lost(wiki: DictWiki, index: PassageIndex) -> None:
    for number in range(25):
        wiki.write(f"page-{number:02}", f"Text of page {number}.", title="Same")
    synced(wiki, index)
    for number in range(25):
        wiki.write(f"new/{number}", f"Text of page {number}.", title="Same")
        wiki.write(f"page-{number:02}", "")

    assert synced(wiki, index).removed == 25


def test_a_listing_of_a_part_removes_no_more_than_a_whole_one(
    wiki: DictWiki, index: PassageIndex
) -> None:
    synced(wiki, index)
    wiki.forgetful = True
    wiki.binary = {f"page-{number:02}" for number in range(24)}
    with pytest.raises(MassRemoval, match="24 of the 25 pages"):
        synced(wiki, index)

    wiki.binary = {"page-00"}

    assert synced(wiki, index).removed == 1


def test_emptied_pages_stay_if_missing_pages_cannot_be_checked(
    index: PassageIndex, monkeypatch: pytest.MonkeyPatch, wiki: DictWiki
) -> None:
    def silent(keys: object) -> frozenset[str]:
        raise WikiUnavailable(f"The wiki does not answer for {keys}.")

    wiki.has_page_rights = True
    synced(wiki, index)
    del wiki.pages["page-00"]
    wiki.binary = {"page-01"}
    monkeypatch.setattr(wiki, "gone", silent)
    with pytest.raises(WikiUnavailable):
        synced(wiki, index)

    closed = {key for key, page in index.known("handbook").items() if page.acl == NOBODY}
    assert closed == {"page-00", "page-01"}
