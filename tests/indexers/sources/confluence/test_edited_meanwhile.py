"""Pages edited while a pass reads them: no text is shown under the rights of another version."""

from __future__ import annotations

from threading import Event

import pytest

from footnote_bot.indexers.model import Changed, Failed, KnownPage, PageChange
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from tests.indexers.sources.confluence.looking import PATIENT
from tests.indexers.sources.confluence.test_wiki import principal


@pytest.fixture
def wiki(site) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport())


def test_a_text_written_after_its_rights_were_read_is_read_at_the_end_under_its_own(
    site, wiki
) -> None:
    """The new text may be meant for fewer people."""
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
    changed_pages = changed(first)
    known = {key: KnownPage(page.revision, page.acl) for key, page in changed_pages.items()}

    assert not [change for change in first if isinstance(change, Failed)]
    assert changed_pages.keys() == {page.id for page in pages}
    assert changed_pages[hurried].sections[0].text == "Secret."
    assert changed_pages[hurried].acl.admits(principal(site, site.bot))
    assert not changed_pages[hurried].acl.admits(principal(site, world.add_user("Ada")))
    assert not changed(list(wiki.changes(known)))


def test_a_page_that_is_edited_whenever_it_is_read_waits_for_the_next_pass(site, wiki) -> None:
    world = site.world
    world.add_space("ENG")
    page = world.create("ENG", "One", "<p>Open.</p>")

    def rewrite(path: str) -> None:
        if "body" in path:
            world.edit(page.id, body="<p>Secret.</p>")

    site.confluence.before_each = rewrite
    first = list(wiki.changes({}))

    assert not changed(first)
    assert [change.key for change in first if isinstance(change, Failed)] == [page.id]


def test_a_page_that_leaves_the_scope_while_it_is_read_is_not_read_again(site) -> None:
    world = site.world
    world.add_space("ENG")
    top = world.create("ENG", "Top", "<p>Top.</p>")
    page = world.create("ENG", "One", "<p>Open.</p>", parent=top.id)
    wiki = ConfluenceWiki("wiki", site.transport(), Scope(trees=(top.id,)))

    def move_and_rewrite(path: str) -> None:
        if "body" in path and world.contents[page.id].version == 1:
            world.move(page.id)
            world.edit(page.id, body="<p>Elsewhere.</p>")

    site.confluence.before_each = move_and_rewrite

    assert changed(list(wiki.changes({}))).keys() == {top.id}


def test_a_page_that_is_trashed_while_it_is_read_is_not_indexed(site, wiki) -> None:
    site.world.add_space("ENG")
    page = site.world.create("ENG", "One", "<p>Old words.</p>")

    def trash(path: str) -> None:
        if "body" in path and site.world.contents[page.id].status == "current":
            site.world.trash(page.id)

    site.confluence.before_each = trash
    changes = list(wiki.changes({}))

    assert not changed(changes)
    assert [change.key for change in changes if isinstance(change, Failed)] == [page.id]


def test_a_text_written_while_a_check_reads_it_is_shown_under_its_own_rights(cloud) -> None:
    """The page was restricted and then rewritten, after its restriction was read."""
    world = cloud.world
    world.add_space("ENG")
    page = world.create("ENG", "One", "<p>Open.</p>")
    wiki = ConfluenceWiki("wiki", cloud.transport())
    cited = {page.id: changed(list(wiki.changes({})))[page.id].revision}

    class RestrictionFirst(Transport):
        restriction_read = Event()

        def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
            if "restriction" not in path:
                self.restriction_read.wait(PATIENT)
                return super().get(path, params, **how)
            answer = super().get(path, params, **how)
            if not self.restriction_read.is_set():
                world.restrict(page.id, users=[cloud.bot.id])
                world.edit(page.id, body="<p>Secret.</p>")
                self.restriction_read.set()
            return answer

    live = LiveConfluence("wiki", cloud.transport(kind=RestrictionFirst, concurrency=AT_ONCE))
    live_page = live.current(cited, PATIENT).stand[page.id]

    assert live_page.now is not None
    assert live_page.now.sections[0].text == "Secret."
    assert live_page.acl.admits(principal(cloud, cloud.bot))
    assert not live_page.acl.admits(principal(cloud, world.add_user("Ada")))


def test_a_comment_written_while_a_check_reads_it_is_shown_under_its_own_rights(cloud) -> None:
    """The page was restricted and then commented on, after its rights were read."""
    world, extras = cloud.world, Extras(comments=True)
    world.add_space("ENG")
    page = world.create("ENG", "One", "<p>Open.</p>")
    world.comment(page.id, "<p>Open, too.</p>")
    wiki = ConfluenceWiki("wiki", cloud.transport(), extras=extras)
    key = f"{page.id}/comments"
    cited = {key: changed(list(wiki.changes({})))[key].revision}

    class RightsFirst(Transport):
        rights_read = Event()

        def get(self, path: str, params: Params | None = None, **how: bool) -> Json:
            if "-comments" in path:
                self.rights_read.wait(PATIENT)
            answer = super().get(path, params, **how)
            if "restriction" in path and not self.rights_read.is_set():
                world.restrict(page.id, users=[cloud.bot.id])
                world.comment(page.id, "<p>Secret.</p>")
                self.rights_read.set()
            return answer

    transport = cloud.transport(kind=RightsFirst, concurrency=AT_ONCE)
    live_page = LiveConfluence("wiki", transport, extras=extras).current(cited, PATIENT).stand[key]

    assert live_page.now is not None
    assert [section.text for section in live_page.now.sections] == ["Open, too.", "Secret."]
    for acl in (live_page.acl, live_page.now.acl):
        assert not acl.admits(principal(cloud, world.add_user("Ada")))


def changed(changes: list[PageChange]) -> dict:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}
