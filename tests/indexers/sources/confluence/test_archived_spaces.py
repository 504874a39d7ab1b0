"""What stands in an archived space that is read is read with all that hangs on it."""

from __future__ import annotations

import pytest

from bot.playground.confluence.model import Content
from indexers.model import Enumerated, Failed
from tests.indexers.sources.confluence.extras import Held, pages, sync, wiki_of


@pytest.fixture
def page(site) -> Content:
    """With a file, a comment and a label."""
    site.world.add_space("OLD")
    page = site.world.create("OLD", "Engines", "<p>About engines.</p>")
    site.world.attach(page.id, "notes.txt", b"Notes on engines.")
    site.world.comment(page.id, "<p>Mind the flywheel.</p>")
    site.world.label(page.id, "current")
    return page


@pytest.mark.parametrize("settings", [{"spaces": ["OLD"]}, {"archived": True}], ids=str)
def test_files_and_comments_of_an_archived_space_are_read(site, page, settings) -> None:
    site.world.archive_space("OLD")
    held: Held = {}
    sync(wiki_of(site, **settings), held)

    file = page.attachments[0].id
    assert held.keys() == {page.id, file, f"{page.id}/comments"}


@pytest.mark.parametrize("settings", [{"spaces": ["OLD"]}, {"archived": True}], ids=str)
def test_a_space_that_is_archived_later_fails_at_nothing(site, page, settings) -> None:
    held: Held = {}
    sync(wiki_of(site, **settings), held)
    site.world.archive_space("OLD")
    with site.confluence.lock:
        site.world.comment(page.id, "<p>Mind the crankshaft, too.</p>")
    changes = sync(wiki_of(site, **settings), held)

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
    held: Held = {}
    sync(wiki_of(site), held)
    site.world.archive_space("OLD")
    sync(wiki_of(site), held)

    assert len(held) == 1
