"""A Confluence as a wiki: what changed in it, page by page, and who may read it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from indexers.confluence.abreast import abreast
from indexers.confluence.cloud import Cloud
from indexers.confluence.data_center import DataCenter
from indexers.confluence.product import Listed, Product, Space
from indexers.confluence.reading import Reader, Seen
from indexers.confluence.rights import CLOSED, Tokens, acl
from indexers.confluence.scope import Scope
from indexers.confluence.transport import Refused, Transport
from indexers.errors import WikiMisconfigured
from indexers.model import (
    NOBODY,
    Acl,
    Enumerated,
    KnownPage,
    PageChange,
    Relabelled,
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
        self.tokens = Tokens(transport.base.site)
        self.product: Product = (
            Cloud(transport, self.tokens)
            if transport.base.cloud
            else DataCenter(transport, self.tokens)
        )
        self._transport = transport
        self._scope = scope or Scope()
        self._reader = Reader(name, transport, self.product)
        self._known_spaces: dict[str, Space] = {}

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
        seen = list(self._enumerated())
        tallies = _tallies(self.spaces(), seen)
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
        spaces = {space.id: space for space in self.spaces(fresh=True)}
        edited = dict(self.product.edited(_HOURS))
        keys = [
            key
            for key, version in edited.items()
            if key not in known or Seen.version_of(known[key].revision) != version
        ]
        found = abreast(
            partial(self.product.find, spaces=spaces), keys, self._transport.concurrency
        )
        pages: dict[str, list[Listed]] = {}
        for page in filter(None, found):
            pages.setdefault(page.space.id, []).append(page)
        seen = [
            page
            for id_, listed in pages.items()
            for page in self._seen(spaces[id_], self._selected(spaces[id_], listed))
        ]
        yield from self.differing(seen, known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Those that are no longer current, or no longer among what is read here.

        Raises:
            WikiUnavailable: one of them cannot be looked at.
        """
        spaces = {space.id: space for space in self.spaces(fresh=True)}
        selected = {id_: self._scope.selects(self._transport, spaces[id_]) for id_ in spaces}
        find = partial(self.product.find, spaces=spaces)
        found = abreast(find, keys, self._transport.concurrency)
        return frozenset(
            key
            for key, page in zip(keys, found, strict=True)
            if page is None or not selected[page.space.id](page)
        )

    def standing(self, cited: Mapping[str, str]) -> Mapping[str, Acl]:
        """See `indexers.ports.Lookout`.

        Raises:
            WikiUnavailable: Confluence does not answer, or not to this.
        """
        spaces = {space.id: space for space in self.spaces()}
        found = abreast(
            partial(self.product.find, spaces=spaces), cited, self._transport.concurrency
        )
        pages: dict[str, list[Listed]] = {}
        for page in filter(None, found):
            if page.version >= Seen.version_of(cited[page.key]):
                pages.setdefault(page.space.id, []).append(page)
        return {
            seen.listed.key: seen.acl
            for id_, listed in pages.items()
            for seen in self._seen(spaces[id_], listed)
        }

    def spaces(self, *, fresh: bool = False) -> list[Space]:
        """Those that are read, as they were at the last pass unless they must be ``fresh``.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of them.
            WikiUnavailable: they cannot be listed.
        """
        if fresh or not self._known_spaces:
            self._known_spaces = {space.id: space for space in self._listed_spaces()}
        return list(self._known_spaces.values())

    def differing(
        self, seen: Iterable[Seen], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """What an index that holds ``known`` must do to say what was ``seen``."""
        changed: list[Seen] = []
        settled: list[PageChange] = []
        for page in seen:
            key, held = page.listed.key, known.get(page.listed.key)
            narrows = held is not None and held.acl & page.acl != held.acl
            if held is None or not page.says_the_same_as(held.revision):
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
        yield from self._reader.read(changed)

    def _listed_spaces(self) -> list[Space]:
        scope = self._scope
        try:
            spaces = self.product.spaces(
                scope.spaces, personal=scope.personal, archived=scope.archived
            )
        except Refused as refused:
            if refused.absent:
                raise self._unseen(scope.spaces) from refused
            raise
        if missing := set(scope.spaces) - {space.key for space in spaces}:
            raise self._unseen(sorted(missing))
        if not spaces:
            raise self._unseen(())
        return spaces

    def _unseen(self, keys: Sequence[str]) -> WikiMisconfigured:
        which = f"space {', '.join(keys)}" if keys else "any space"
        return WikiMisconfigured(
            f"The token of {self.name} does not see {which} of the Confluence at"
            f" {self._transport.base.url}: see `spaces`, and what the token's account may view."
        )

    def _enumerated(self) -> Iterator[Seen]:
        for seen in abreast(self._of_space, self.spaces(fresh=True), _SPACES_AT_ONCE):
            yield from seen

    def _of_space(self, space: Space) -> list[Seen]:
        return list(self._seen(space, self._selected(space, self.product.pages(space))))

    def _selected(self, space: Space, pages: Iterable[Listed]) -> list[Listed]:
        selected: Callable[[Listed], bool] = self._scope.selects(self._transport, space)
        return [page for page in pages if selected(page)]

    def _seen(self, space: Space, pages: Sequence[Listed]) -> Iterator[Seen]:
        """With their rights, as they are now."""
        if not pages:
            return
        viewers = self.product.viewers(space)
        if viewers == CLOSED:
            log.warning("%s: who may view space %s cannot be read: its pages are shown to"
                        " nobody", self.name, space.key)  # fmt: skip
        rights = self.product.rights(pages)
        for page in pages:
            nodes = (rights.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))
            editor = rights.editors.get(page.key, "v2" if self._transport.base.cloud else "")
            yield Seen(page, acl(viewers, nodes), editor)


_SPACES_AT_ONCE = 3


def _tallies(spaces: Sequence[Space], seen: Sequence[Seen]) -> dict[str, Tally]:
    pages = dict.fromkeys((space.key for space in spaces), 0)
    closed = dict(pages)
    for page in seen:
        pages[page.listed.space.key] += 1
        closed[page.listed.space.key] += page.acl == NOBODY
    return {key: Tally(pages[key], closed[key]) for key in pages}
