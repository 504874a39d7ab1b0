"""Passes over what hangs on pages, as a sync applies them."""

from __future__ import annotations

from collections.abc import Iterable

from indexers.model import (
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Relabelled,
    Skipped,
)
from indexers.sources.confluence.extras import Extras
from indexers.sources.confluence.scope import Scope
from indexers.sources.confluence.wiki import ConfluenceWiki
from tests.indexers.sources.confluence.test_wiki import principal

Held = dict[str, KnownPage]
EXTRAS = Extras(attachments=True, comments=True, max_bytes=100_000)


def wiki_of(site, extras: Extras = EXTRAS, **scope) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport(), Scope(**scope), extras)


def sync(wiki: ConfluenceWiki, held: Held) -> list[PageChange]:
    """A full pass."""
    changes = list(wiki.changes(dict(held)))
    failed = {change.key for change in changes if isinstance(change, Failed)}
    listed = next(change.keys for change in changes if isinstance(change, Enumerated))
    apply(changes, held)
    if lost := sorted(held.keys() - listed - failed):
        for key in wiki.gone(lost):
            del held[key]
    return changes


def recent(wiki: ConfluenceWiki, held: Held) -> list[PageChange]:
    """A cheap pass."""
    changes = list(wiki.recent(dict(held)))
    apply(changes, held)
    return changes


def apply(changes: Iterable[PageChange], held: Held) -> None:
    for change in changes:
        match change:
            case Changed(page):
                held[page.key] = KnownPage(page.revision, page.acl)
            case Relabelled(key, revision, acl):
                held[key] = KnownPage(revision, acl)
            case Skipped(key):
                held.pop(key, None)


def pages(changes: Iterable[PageChange]) -> dict[str, Page]:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


def of(changes: Iterable[PageChange], kind: type[Failed | Skipped]) -> dict[str, str]:
    """Reasons by key."""
    return {change.key: change.reason for change in changes if isinstance(change, kind)}


def assert_they_have_their_page_s_rights(site, held: Held, hung: dict[str, str]) -> None:
    """``hung`` are pages by the key of what hangs on them."""
    for key, page in hung.items():
        assert held[key].acl == held[page].acl
        for user in site.world.users.values():
            may = site.world.may_read(user.id, page)
            assert held[key].acl.admits(principal(site, user)) == may, (user.name, key)
