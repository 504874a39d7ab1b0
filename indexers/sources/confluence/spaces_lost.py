"""Pages of a space that Confluence does not show any more.

A space in `spaces` that is lost (see `ListedSpaces`: deleted, renamed by key, or closed to the
token) affects its own pages only. They are closed to everybody until the space is seen again, and
keep their passages, so that they can be opened again without embedding. An unread space, which
Confluence merely failed to list, keeps its pages as they were: each is checked before it is quoted.

Pages have the id of their space, and `spaces` has keys. If one key is lost while Confluence fails
to report another, the ids seen in earlier passes tell them apart. Otherwise the pages are closed:
they may be in the lost space. The check before a quotation is not enough for them: it may get no
reply, and may be switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.model import NOBODY, Failed, KnownPage, Relabelled, Unchanged
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.reading import space_id_of
from footnote_bot.indexers.sources.confluence.survey import ListedSpaces
from footnote_bot.indexers.sources.confluence.transport import Refused

Known = Mapping[str, KnownPage]
KeyOf = Callable[[str], str]
"""Returns the key of the space with an id; empty if that is unknown."""

_UNKNOWN = ""
"""The space's id in revisions of older Footnotes, which did not record it."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Indexed pages that were not listed because their space could not be listed: ``closed`` in
    lost spaces, ``unread`` in spaces that the next sync reads."""

    closed: Known
    unread: Known
    failures: tuple[Failed, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.closed) | frozenset(self.unread)


def left_behind(
    spaces: ListedSpaces,
    refused: Mapping[str, Refused],
    listed: frozenset[str],
    known: Known,
    key_of: KeyOf,
) -> LeftBehind:
    """Sort the ``known`` pages that are not ``listed`` by the state of their space. ``refused`` are
    the spaces (by id) that were seen, and whose pages Confluence then refused to list."""
    lost_ids = {id_ for id_, why in refused.items() if why.absent}
    failed_ids = refused.keys() - lost_ids
    listed_ids = {space.id for space in spaces.seen} - refused.keys()
    closed: dict[str, KnownPage] = {}
    unread: dict[str, KnownPage] = {}
    for key, page in known.items():
        space = space_id_of(page.revision)
        if key in listed or space in listed_ids:
            continue
        if space in failed_ids or key_of(space) in spaces.unread:
            unread[key] = page
        elif spaces.lost or lost_ids:
            closed[key] = page  # it may be in a lost space
        elif failed_ids or spaces.unread:
            unread[key] = page
    keys_by_id = {space.id: space.key for space in spaces.seen}
    failures = [_lost(key) for key in (*spaces.lost, *(keys_by_id[id_] for id_ in lost_ids))]
    kept_keys = {key_of(space_id_of(page.revision)) for page in unread.values()}
    is_unclear = any(not key_of(space_id_of(page.revision)) for page in closed.values())
    for key, why in spaces.unread.items():
        may_be_closed = is_unclear and key not in kept_keys
        failures.append(_perhaps_closed(key, why) if may_be_closed else _unread(key, why))
    failures += [_unread(keys_by_id[id_], refused[id_]) for id_ in sorted(failed_ids)]
    return LeftBehind(closed, unread, tuple(failures))


def in_lost_spaces(spaces: ListedSpaces, known: Known) -> Known:
    """Return the ``known`` pages whose space is certainly lost: those of spaces that are not seen,
    if keys are lost and none is unread."""
    if not spaces.lost or spaces.unread:
        return {}
    visible = {_UNKNOWN, *(space.id for space in spaces.seen)}
    return {key: page for key, page in known.items() if space_id_of(page.revision) not in visible}


def known_in(spaces: Sequence[ConfluenceSpace], known: Known) -> Known:
    """Return the ``known`` pages that may be in ``spaces``."""
    visible = {_UNKNOWN, *(space.id for space in spaces)}
    return {key: page for key, page in known.items() if space_id_of(page.revision) in visible}


def close_pages(pages: Known) -> Iterator[Relabelled | Unchanged]:
    """Close the pages to everybody; their text stays as it is."""
    for key, page in pages.items():
        if page.acl == NOBODY:
            yield Unchanged(key)
        else:
            yield Relabelled(key, page.revision, NOBODY)


def vanished_spaces(spaces: ListedSpaces, known: Known, key_of: KeyOf) -> tuple[str, ...]:
    """Return a warning for each space that has indexed pages and is not seen any more. No key may
    be lost: `left_behind` reports the spaces of lost keys."""
    visible = {_UNKNOWN, *(space.id for space in spaces.seen)}
    counts = Counter(space_id_of(page.revision) for page in known.values())
    return tuple(
        f"The space {key_of(space) or f'with the id {space}'} ({count} indexed) is not among the"
        " spaces that Confluence lists any more: it is deleted, archived or closed to the token's"
        " account."
        for space, count in sorted(counts.items())
        if space not in visible
    )


def _lost(key: str) -> Failed:
    return Failed(
        f"space {key}",
        "Confluence does not show it to the token: it is deleted, its key has changed, or it is"
        " closed to the token's account. Nobody is shown its pages until it is seen again; if it"
        " is gone for good, take it out of `spaces`, which takes keys as they are written.",
    )


def _unread(key: str, why: Refused) -> Failed:
    return Failed(
        f"space {key}",
        f"its pages could not be listed and stay as they were; the next sync tries again. {why}",
    )


def _perhaps_closed(key: str, why: Refused) -> Failed:
    return Failed(
        f"space {key}",
        "its pages could not be listed. Nobody is shown those that may as well be in a space that"
        f" Confluence does not show any more, until it is listed; the next sync tries again. {why}",
    )
