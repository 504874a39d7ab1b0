"""Pages of an archived space that is read are read with their files, comments and labels."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.model import Enumerated, Failed
from footnote_bot.playground.confluence.model import Content
from tests.indexers.sources.confluence.extras import KnownPages, pages, sync, wiki_of


@pytest.fixture
def page(site) -> Content:
    """Return a page with a file, a comment and a label."""
    site.world.add_space("OLD")
    page = site.world.create("OLD", "Engines", "<p>About engines.</p>")
    site.world.attach(page.id, "notes.txt", b"Notes on engines.")
    site.world.comment(page.id, "<p>Mind the flywheel.</p>")
    site.world.label(page.id, "current")
    return page


@pytest.mark.parametrize("settings", [{"spaces": ["OLD"]}, {"archived": True}], ids=str)
def test_files_and_comments_of_an_archived_space_are_read(site, page, settings) -> None:
    site.world.archive_space("OLD")
    known: KnownPages = {}
    sync(wiki_of(site, **settings), known)

    file = page.attachments[0].id
    assert known.keys() == {page.id, file, f"{page.id}/comments"}


@pytest.mark.parametrize("settings", [{"spaces": ["OLD"]}, {"archived": True}], ids=str)
def test_a_space_that_is_archived_later_fails_at_nothing(site, page, settings) -> None:
    known: KnownPages = {}
    sync(wiki_of(site, **settings), known)
    site.world.archive_space("OLD")
    with site.confluence.lock:
        site.world.comment(page.id, "<p>Mind the crankshaft, too.</p>")
    changes = sync(wiki_of(site, **settings), known)

    assert not [change for change in changes if isinstance(change, Failed)]
    assert list(pages(changes)) == [f"{page.id}/comments"]


def test_pages_of_an_archived_space_are_selected_by_their_labels(site, page) -> None:
    site.world.archive_space("OLD")
    changes = sync(wiki_of(site, spaces=["OLD"], labels=["current"]), {})

    listed = next(change for change in changes if isinstance(change, Enumerated))
    assert page.id in listed.keys


def test_a_space_that_is_archived_and_not_read_any_more_leaves(site, page) -> None:
    site.world.add_space("ENG")
    site.world.create("ENG", "Page", "<p>Words.</p>")
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.archive_space("OLD")
    sync(wiki_of(site), known)

    assert len(known) == 1
