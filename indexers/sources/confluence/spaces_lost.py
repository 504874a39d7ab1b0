"""Pages of a space that Confluence does not show any more.

A space in `spaces` that is deleted, renamed by key or closed to the token affects its own pages
alone. They are closed to everybody until the space is seen again, and keep their passages, so that
they are opened again without embedding. A space that Confluence merely failed to list keeps its
pages as they were: each is checked before it is quoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexers.model import NOBODY, Failed, KnownPage, Relabelled, Unchanged
from indexers.sources.confluence.documents import space_of
from indexers.sources.confluence.product import ConfluenceSpace
from indexers.sources.confluence.survey import ListedSpaces
from indexers.sources.confluence.transport import Refused

Known = Mapping[str, KnownPage]


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
    spaces: ListedSpaces, refused: Mapping[str, Refused], listed: frozenset[str], known: Known
) -> LeftBehind:
    """Sort the ``known`` pages that are not ``listed`` by the state of their space."""
    absent = {space.id: space for space in spaces.seen if space.id in refused}
    lost = {id_ for id_, why in refused.items() if why.absent}
    failed = {id_ for id_ in absent if id_ not in lost}
    listed_whole = {space.id for space in spaces.seen} - absent.keys()
    trouble_elsewhere = bool(spaces.lost or lost)
    closed: dict[str, KnownPage] = {}
    unread: dict[str, KnownPage] = {}
    for key, held in known.items():
        space = space_of(held.revision)
        if key in listed or space in listed_whole:
            continue
        if space in failed or (not trouble_elsewhere and (failed or spaces.unread)):
            unread[key] = held
        elif trouble_elsewhere:
            closed[key] = held
    names = [*spaces.lost, *(absent[id_].key for id_ in sorted(lost))]
    failures = [_lost(key, spaces.hints.get(key, "")) for key in names]
    failures += [_unread(key, why) for key, why in spaces.unread.items()]
    failures += [_unread(absent[id_].key, refused[id_]) for id_ in sorted(failed)]
    return LeftBehind(closed, unread, tuple(failures))


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


def vanished(spaces: ListedSpaces, known: Known, key_of: Callable[[str], str]) -> tuple[str, ...]:
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
