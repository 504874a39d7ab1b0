"""What is edited while a pass reads it: no text is shown under the rights of another."""

from __future__ import annotations

import pytest

from indexers.model import Changed, Failed, KnownPage, PageChange
from indexers.sources.confluence.wiki import ConfluenceWiki


@pytest.fixture
def wiki(site) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport())


def test_a_text_written_after_its_rights_were_read_waits_for_the_next_pass(site, wiki) -> None:
    """It may have been written for fewer people."""
    world = site.world
    world.add_space("ENG")
    pages = [world.create("ENG", title, "<p>Open.</p>") for title in ("One", "Two", "Three")]
    hurried = pages[1].id

    def close_and_rewrite(path: str) -> None:
        if "body" in path and world.contents[hurried].version == 1:
            world.restrict(hurried, users=[site.bot.id])
            world.edit(hurried, body="<p>Secret.</p>")

    site.confluence.before_each = close_and_rewrite
    first = list(wiki.changes({}))
    known = {key: KnownPage(page.revision, page.acl) for key, page in changed(first).items()}
    second = changed(list(wiki.changes(known)))

    assert [change.key for change in first if isinstance(change, Failed)] == [hurried]
    assert changed(first).keys() == {pages[0].id, pages[2].id}
    assert second.keys() == {hurried}
    assert second[hurried].sections[0].text == "Secret."


def changed(changes: list[PageChange]) -> dict:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}
