"""Pages of a space that Confluence does not show any more.

A space in `spaces` that is deleted, renamed by key or closed to the token affects its own pages
alone. They are closed to everybody until the space is seen again, and keep their passages, so that
they are opened again without embedding. A space that Confluence merely failed to list keeps its
pages as they were: each is checked before it is quoted.

Pages have the id of their space, and `spaces` has keys. Where one key is lost while Confluence
fails to report another, what was seen before tells them apart, or one of the pages. Where neither
does, the pages are closed: they may be those of the lost space, and rights come first. The check
before a quotation is not enough for them: it may get no reply, and may be switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexers.model import NOBODY, Failed, KnownPage, Relabelled, Unchanged
from indexers.sources.confluence.attachment_listing import is_attachment
from indexers.sources.confluence.comments import is_comments
from indexers.sources.confluence.documents import space_of
from indexers.sources.confluence.product import ConfluenceSpace
from indexers.sources.confluence.survey import ListedSpaces
from indexers.sources.confluence.transport import Refused

Known = Mapping[str, KnownPage]
KeyOf = Callable[[str], str]
"""Returns the key of the space with an id; empty if that is unknown."""

_ASKED = 3
"""Pages that are asked for the key of their space: some may be gone, or have moved."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Indexed pages that were not listed because their space could not be listed. ``closed`` are
    those of lost spaces, ``unread`` those of spaces that are to be read again."""

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
    """Sort the ``known`` pages that are not ``listed`` by the state of their space."""
    absent = {space.id: space for space in spaces.seen if space.id in refused}
    lost = {id_ for id_, why in refused.items() if why.absent}
    failed = {id_ for id_ in absent if id_ not in lost}
    listed_whole = {space.id for space in spaces.seen} - absent.keys()
    trouble_elsewhere = bool(spaces.lost or lost)

    def only_failed(space: str) -> bool:
        if space in absent or key_of(space) in spaces.unread:
            return space not in lost
        if not trouble_elsewhere:
            return bool(failed or spaces.unread)
        # The lost ones have other ids, if each was seen before it was refused.
        return bool(space and spaces.unread) and not spaces.lost

    closed: dict[str, KnownPage] = {}
    unread: dict[str, KnownPage] = {}
    for key, held in known.items():
        space = space_of(held.revision)
        if key in listed or space in listed_whole:
            continue
        if only_failed(space):
            unread[key] = held
        elif trouble_elsewhere:
            closed[key] = held
    names = [*spaces.lost, *(absent[id_].key for id_ in sorted(lost))]
    failures = [_lost(key, spaces.hints.get(key, "")) for key in names]
    told = {key_of(space_of(held.revision)) for held in unread.values()}
    untold = {space for held in closed.values() if not key_of(space := space_of(held.revision))}
    for key, why in spaces.unread.items():
        in_doubt = "" in untold or (untold and key not in told)
        failures.append(_perhaps_closed(key, why) if in_doubt else _unread(key, why))
    failures += [_unread(absent[id_].key, refused[id_]) for id_ in sorted(failed)]
    return LeftBehind(closed, unread, tuple(failures))


def untold_spaces(spaces: ListedSpaces, known: Known, key_of: KeyOf) -> dict[str, list[str]]:
    """Return some pages of each space, by id, that is lost or unread, and nothing tells which."""
    found: dict[str, list[str]] = {}
    if not spaces.lost or not spaces.unread:
        return found
    seen = {"", *(space.id for space in spaces.seen)}
    for key, held in known.items():
        space = space_of(held.revision)
        if space in seen or key_of(space) or is_attachment(key) or is_comments(key):
            continue
        pages = found.setdefault(space, [])
        if len(pages) < _ASKED:
            pages.append(key)
    return found


def in_lost_spaces(spaces: ListedSpaces, known: Known) -> Known:
    """Return the ``known`` pages whose space is certainly lost."""
    if not spaces.lost or spaces.unread:
        return {}
    seen = {space.id for space in spaces.seen}
    return {
        key: held
        for key, held in known.items()
        if (space := space_of(held.revision)) and space not in seen
    }


def known_in(spaces: Sequence[ConfluenceSpace], known: Known) -> Known:
    """Return the ``known`` pages that may be in ``spaces``."""
    seen = {"", *(space.id for space in spaces)}
    return {key: held for key, held in known.items() if space_of(held.revision) in seen}


def close_pages(pages: Known) -> Iterator[Relabelled | Unchanged]:
    """Yield the pages with rights that nobody passes; their text stays as it is."""
    for key, held in pages.items():
        if held.acl == NOBODY:
            yield Unchanged(key)
        else:
            yield Relabelled(key, held.revision, NOBODY)


def vanished(spaces: ListedSpaces, known: Known, key_of: KeyOf) -> tuple[str, ...]:
    """Return warnings of spaces that have indexed pages and are not among "all" spaces any more.
    Those named in `spaces` are reported as failures."""
    seen = {"", *(space.id for space in spaces.seen)}
    counts = Counter(space_of(held.revision) for held in known.values())
    return tuple(
        f"The space {key_of(space) or f'with the id {space}'} ({count} indexed) is not among the"
        " spaces that Confluence lists any more: it is deleted, archived or closed to the token's"
        " account."
        for space, count in sorted(counts.items())
        if space not in seen
    )


def _lost(key: str, hint: str) -> Failed:
    return Failed(
        f"space {key}",
        "Confluence does not show it to the token: it is deleted, its key has changed, or it is"
        " closed to the token's account. Nobody is shown its pages until it is seen again; if it"
        f" is gone for good, take it out of `spaces`.{hint}",
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
