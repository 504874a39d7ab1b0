"""Apply full and recent passes over pages with attachments and comments, as a sync does."""

from __future__ import annotations

from collections.abc import Iterable

from footnote_bot.indexers.model import (
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Relabelled,
    Skipped,
)
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from tests.indexers.sources.confluence.test_wiki import principal

KnownPages = dict[str, KnownPage]
EXTRAS = Extras(attachments=True, comments=True, max_bytes=100_000)


def wiki_of(site, extras: Extras = EXTRAS, **scope) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport(), Scope(**scope), extras)


def sync(wiki: ConfluenceWiki, known: KnownPages) -> list[PageChange]:
    """Apply a full pass."""
    changes = list(wiki.changes(dict(known)))
    failed = {change.key for change in changes if isinstance(change, Failed)}
    listed = next(change.keys for change in changes if isinstance(change, Enumerated))
    apply(changes, known)
    if missing := sorted(known.keys() - listed - failed):
        for key in wiki.gone(missing):
            del known[key]
    return changes


def recent(wiki: ConfluenceWiki, known: KnownPages) -> list[PageChange]:
    """Apply a recent pass."""
    changes = list(wiki.recent(dict(known)))
    apply(changes, known)
    return changes


def apply(changes: Iterable[PageChange], known: KnownPages) -> None:
    for change in changes:
        match change:
            case Changed(page):
                known[page.key] = KnownPage(page.revision, page.acl)
            case Relabelled(key, revision, acl):
                known[key] = KnownPage(revision, acl)
            case Skipped(key):
                known.pop(key, None)


def pages(changes: Iterable[PageChange]) -> dict[str, Page]:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


def reasons(changes: Iterable[PageChange], kind: type[Failed | Skipped]) -> dict[str, str]:
    """Return the reasons by key."""
    return {change.key: change.reason for change in changes if isinstance(change, kind)}


def assert_they_have_their_page_s_rights(site, known: KnownPages, page_of: dict[str, str]) -> None:
    """Check each extra against its page. ``page_of``: pages by the key of their extra."""
    for key, page in page_of.items():
        assert known[key].acl == known[page].acl
        for user in site.world.users.values():
            may = site.world.may_read(user.id, page)
            assert known[key].acl.admits(principal(site, user)) == may, (user.name, key)
