"""A person's access to a page: by its wiki now, and by the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from footnote_bot.indexers.errors import IndexLocked, IndexUnavailable, ModelUnavailable
from footnote_bot.indexers.findings import Access, Indexed
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.model import Acl, Principal


def with_indexed(
    access: Access,
    rule: Acl,
    reader: Callable[[], Principal],
    open_index: Callable[[], CurrentIndex],
) -> Access:
    """Return ``access`` with the indexed state of its page, if the index can be read. ``rule`` is
    the page's current Acl in its wiki; ``reader`` returns the person, ``open_index`` the index."""
    try:
        page = open_index().page(access.wiki, access.page)
    except IndexLocked:
        return replace(access, untold="a running Footnote holds the index")
    except (IndexUnavailable, ModelUnavailable) as error:
        return replace(access, untold=str(error))
    if page is None:
        return access
    indexed = Indexed(admits=page.acl.admits(reader()), current=page.acl == rule)
    return replace(access, indexed=indexed)
