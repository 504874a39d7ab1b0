"""A person's access to a page: what its wiki says now, beside what the index says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from indexers.errors import IndexLocked, IndexUnavailable, ModelUnavailable
from indexers.findings import Access, Indexed
from indexers.index.current import CurrentIndex
from indexers.model import Acl, Principal


def with_indexed(
    access: Access, rule: Acl, reader: Callable[[], Principal], opened: Callable[[], CurrentIndex]
) -> Access:
    """Return ``access`` with the indexed state of its page, as far as that can be told. ``rule``
    is the page's Acl as its wiki says now; ``reader`` returns the person, ``opened`` the index."""
    try:
        known = opened().known(access.wiki).get(access.page)
    except IndexLocked:
        return replace(access, untold="a running Footnote holds the index")
    except (IndexUnavailable, ModelUnavailable) as error:
        return replace(access, untold=str(error))
    if known is None:
        return access
    indexed = Indexed(admits=known.acl.admits(reader()), current=known.acl == rule)
    return replace(access, indexed=indexed)
