"""Pages of a space that Confluence does not show any more.

A space in `spaces` that is lost (see `ListedSpaces`: deleted, renamed by key, or closed to the
token) affects its own pages only. They are closed to everybody until the space is seen again, and
keep their passages, so that they can be opened again without embedding. An unread space, which
Confluence merely failed to list, keeps its pages as they were: each is checked before it is quoted.

Pages have the id of their space, and `spaces` has keys. If one key is lost while Confluence fails
to report another, the ids seen earlier tell them apart, or one of the pages does. If neither does,
the pages are closed: they may be in the lost space, and rights come first. The check before a
quotation is not enough for them: it may get no reply, and may be switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.model import NOBODY, Failed, KnownPage, Relabelled, Unchanged
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.attachments import is_attachment
from footnote_bot.indexers.sources.confluence.comments import is_comments
from footnote_bot.indexers.sources.confluence.reading import space_id_of
from footnote_bot.indexers.sources.confluence.survey import ListedSpaces
from footnote_bot.indexers.sources.confluence.transport import Refused

Known = Mapping[str, KnownPage]
KeyOf = Callable[[str], str]
"""Returns the key of the space with an id; empty if that is unknown."""

_UNKNOWN = ""
"""The space's id in revisions of older Footnotes, which did not record it."""
_ASKED = 3
"""Pages of a space that are requested to learn its key: some may be gone, or have moved."""


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
    """Sort the ``known`` pages that are not ``listed`` (keys) by the state of their space. The
    listings of ``refused`` spaces (by id) failed."""
    absent = {space.id: space for space in spaces.seen if space.id in refused}
    lost = {id_ for id_, why in refused.items() if why.absent}
    failed = {id_ for id_ in absent if id_ not in lost}
    listed_spaces = {space.id for space in spaces.seen} - absent.keys()
    trouble_elsewhere = bool(spaces.lost or lost)

    def only_failed(space: str) -> bool:
        if space in absent or key_of(space) in spaces.unread:
            return space not in lost
        if not trouble_elsewhere:
            return bool(failed or spaces.unread)
        # The lost spaces have other ids, if each was seen before Confluence refused it.
        return bool(space and spaces.unread) and not spaces.lost

    closed: dict[str, KnownPage] = {}
    unread: dict[str, KnownPage] = {}
    for key, page in known.items():
        space = space_id_of(page.revision)
        if key in listed or space in listed_spaces:
            continue
        if only_failed(space):
            unread[key] = page
        elif trouble_elsewhere:
            closed[key] = page
    lost_keys = [*spaces.lost, *(absent[id_].key for id_ in sorted(lost))]
    failures = [_lost_failure(key, spaces.hints.get(key, "")) for key in lost_keys]
    failed_keys = {key_of(space_id_of(page.revision)) for page in unread.values()}
    undetermined = {
        space for page in closed.values() if not key_of(space := space_id_of(page.revision))
    }
    for key, why in spaces.unread.items():
        in_doubt = "" in undetermined or (undetermined and key not in failed_keys)
        failures.append(_closed_failure(key, why) if in_doubt else _unread_failure(key, why))
    failures += [_unread_failure(absent[id_].key, refused[id_]) for id_ in sorted(failed)]
    return LeftBehind(closed, unread, tuple(failures))


def undetermined_spaces(spaces: ListedSpaces, known: Known, key_of: KeyOf) -> dict[str, list[str]]:
    """Return a few pages of each space, by its id, that may be lost or unread: nothing tells
    which."""
    samples: dict[str, list[str]] = {}
    if not spaces.lost or not spaces.unread:
        return samples
    visible = {_UNKNOWN, *(space.id for space in spaces.seen)}
    for key, page in known.items():
        space = space_id_of(page.revision)
        if space in visible or key_of(space) or is_attachment(key) or is_comments(key):
            continue
        pages = samples.setdefault(space, [])
        if len(pages) < _ASKED:
            pages.append(key)
    return samples


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


def _lost_failure(key: str, hint: str) -> Failed:
    return Failed(
        f"space {key}",
        "Confluence does not show it to the token: it is deleted, its key has changed, or it is"
        " closed to the token's account. Nobody is shown its pages until it is seen again; if it"
        f" is gone for good, take it out of `spaces`.{hint}",
    )


def _unread_failure(key: str, why: Refused) -> Failed:
    return Failed(
        f"space {key}",
        f"its pages could not be listed and stay as they were; the next sync tries again. {why}",
    )


def _closed_failure(key: str, why: Refused) -> Failed:
    return Failed(
        f"space {key}",
        "its pages could not be listed. Nobody is shown those that may as well be in a space that"
        f" Confluence does not show any more, until it is listed; the next sync tries again. {why}",
    )
