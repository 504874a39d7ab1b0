"""Pages edited while a pass reads them: no text is shown under the rights of another version."""

from __future__ import annotations

from threading import Event

import pytest

from footnote_bot.indexers.model import Changed, Failed, PageChange
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import AT_ONCE, LiveConfluence
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from tests.indexers.sources.confluence.looking import PATIENT
from tests.indexers.sources.confluence.test_wiki import principal


@pytest.fixture
def wiki(site) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport())


def test_a_text_written_after_its_rights_were_read_waits_for_the_next_pass(site, wiki) -> None:
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

    assert [change.key for change in first if isinstance(change, Failed)] == [hurried]
    assert changed(first).keys() == {page.id for page in pages} - {hurried}

    page = changed(list(wiki.recent({})))[hurried]

    assert page.sections[0].text == "Secret."
    assert page.acl.admits(principal(site, site.bot))
    assert not page.acl.admits(principal(site, world.add_user("Ada")))


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


def test_a_comment_written_while_a_check_reads_it_is_not_shown(cloud) -> None:
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

    assert live_page.edited
    assert live_page.now is None


def changed(changes: list[PageChange]) -> dict:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}
