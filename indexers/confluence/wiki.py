"""A Confluence as a wiki: what changed in it, page by page, and who may read it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from indexers.confluence.product import Elsewhere, Listed, Space
from indexers.confluence.reading import EMPTY, Reader, Seen
from indexers.confluence.scope import Scope
from indexers.confluence.survey import Survey
from indexers.confluence.transport import Transport
from indexers.model import (
    NOBODY,
    Acl,
    Enumerated,
    KnownPage,
    PageChange,
    Relabelled,
    Skipped,
    Unchanged,
)
from indexers.model import Space as Tally

log = logging.getLogger(__name__)

_HOURS = 27
"""What was edited so long ago is asked for by the cheap pass: a day for time zones and a
search index that lags, and an hour for the pass itself."""


class ConfluenceWiki:
    """The current pages and blog posts of ``scope``."""

    def __init__(self, name: str, transport: Transport, scope: Scope | None = None) -> None:
        self.name = name
        self.survey = Survey(name, transport, scope or Scope())
        self._transport = transport
        self._reader = Reader(name, transport, self.survey.product)
        self._passed_over: dict[str, int] = {}

    @property
    def requests(self) -> int:
        return self._transport.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """See `indexers.ports.Wiki`. Rights come first, those that are narrowed before
        all: a page that changed, too, is narrowed at once and read after.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: a listing is not whole.
        """
        self._passed_over.clear()
        spaces = self.survey.spaces(fresh=True)
        seen = _merged(self.survey.enumerated(spaces))
        tallies = _tallies(spaces, seen)
        yield Enumerated(frozenset(page.listed.key for page in seen), tallies)
        if closed := sum(tally.closed for tally in tallies.values()):
            log.warning("%s: %d pages are shown to nobody, their rights being unreadable or"
                        " naming nobody", self.name, closed)  # fmt: skip
        yield from self.differing(seen, known)

    def recent(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """What was edited lately, as far as the search knows by now; rights, moves and
        removals are left to `changes`.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: the search does not answer.
        """
        spaces = {space.id: space for space in self.survey.spaces(fresh=True)}
        edited = dict(self.survey.product.edited(_HOURS))
        keys = [
            key
            for key, version in edited.items()
            if self._passed_over.get(key) != version
            and (key not in known or Seen.version_of(known[key].revision) != version)
        ]
        pages = self.survey.by_space(self.survey.found(keys, spaces))
        seen = [
            page
            for space, listed in pages.items()
            for page in self.survey.seen(space, self.survey.selected(space, listed))
        ]
        # What is not read here, or holds nothing, would be looked at each time for a day.
        to_read = {page.listed.key for page in seen if not self._reader.known_empty(page)}
        self._passed_over |= {key: edited[key] for key in keys if key not in to_read}
        yield from self.differing(seen, known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Those that are no longer current, or no longer among what is read here.

        Raises:
            WikiUnavailable: one of them cannot be looked at.
        """
        return self.survey.gone(keys)

    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        """See `indexers.ports.Lookout`.

        Raises:
            WikiUnavailable: Confluence does not answer, or not to this.
        """
        spaces = {space.id: space for space in self.survey.spaces()}
        found = list(self.survey.found(cited, spaces))
        if any(isinstance(page, Elsewhere) for page in found):
            # In a space that is newer than our list of them, or in none that is read.
            spaces = {space.id: space for space in self.survey.spaces(fresh=True)}
            found = list(self.survey.found(cited, spaces))
        current = (
            page
            for page in found
            if isinstance(page, Listed) and page.version >= Seen.version_of(cited[page.key])
        )
        return {
            seen.listed.key: seen.acl
            for space, listed in self.survey.by_space(current).items()
            for seen in self.survey.seen(space, listed)
        }

    def differing(
        self, seen: Iterable[Seen], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """What an index that holds ``known`` must do to say what was ``seen``."""
        changed: list[Seen] = []
        settled: list[PageChange] = []
        for page in seen:
            key, held = page.listed.key, known.get(page.listed.key)
            narrows = held is not None and held.acl & page.acl != held.acl
            if held is None and self._reader.known_empty(page):
                settled.append(Skipped(key, EMPTY))
            elif held is None or not page.says_the_same_as(held.revision):
                changed.append(page)
                if held is not None and narrows:
                    yield Relabelled(key, held.revision, held.acl & page.acl)
            elif held.revision == page.revision and held.acl == page.acl:
                settled.append(Unchanged(key))
            elif narrows:
                yield Relabelled(key, page.revision, page.acl)
            else:
                settled.append(Relabelled(key, page.revision, page.acl))
        yield from settled
        to_read, left_out = self.survey.sorted_by_labels(changed)
        yield from left_out
        yield from self._reader.read(to_read)


def _merged(seen: Iterable[Seen]) -> list[Seen]:
    """Each page once: one that moves during the pass may come in both its spaces, and then
    counts as what both allow."""
    found: dict[str, Seen] = {}
    for page in seen:
        other = found.get(page.listed.key)
        found[page.listed.key] = replace(page, acl=page.acl & other.acl) if other else page
    return list(found.values())


def _tallies(spaces: Sequence[Space], seen: Sequence[Seen]) -> dict[str, Tally]:
    pages = dict.fromkeys((space.key for space in spaces), 0)
    closed = dict(pages)
    for page in seen:
        pages[page.listed.space.key] += 1
        closed[page.listed.space.key] += page.acl == NOBODY
    return {key: Tally(pages[key], closed[key]) for key in pages}
