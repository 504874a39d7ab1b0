"""Requests to Confluence that Cloud and Data Center share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.sources.confluence.answers import is_listed
from footnote_bot.indexers.sources.confluence.product import Listed
from footnote_bot.indexers.sources.confluence.transport import Params, Transport, unless_absent


def edited_since(hours: int) -> str:
    """Return the CQL. CQL has times in the site's time zone, so the site computes this one."""
    return f'type in (page, blogpost) and lastmodified >= now("-{hours}h")'


def lists(wiki: Transport, path: str, *, personal: bool, archived: bool) -> bool:
    """Return whether the space at ``path`` counts as one of "all" spaces."""
    answer = unless_absent(partial(wiki.get, path))
    return answer is not None and is_listed(answer, personal=personal, archived=archived)


def in_batches(pages: Sequence[Listed], size: int) -> Iterator[Sequence[Listed]]:
    return (pages[at : at + size] for at in range(0, len(pages), size))


def user_name(wiki: Transport, account: Params) -> str:
    """Return the name of an account; empty if it cannot be read."""
    try:
        answer = wiki.get("/rest/api/user", account)
    except WikiUnavailable:
        return ""
    return str(answer.get("displayName") or "")
