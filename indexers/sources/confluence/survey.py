"""The survey of a Confluence: the pages in its scope, and who may read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Self

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import Skipped
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace, Listed
from footnote_bot.indexers.sources.confluence.cloud import Cloud
from footnote_bot.indexers.sources.confluence.data_center import DataCenter
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.product import Product, UnreadSpace
from footnote_bot.indexers.sources.confluence.reading import Seen
from footnote_bot.indexers.sources.confluence.rights import Gate, Tokens, UnreadGate, acl
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

_SPACES_AT_ONCE = 3


class NoSpaces(WikiMisconfigured):
    """The token sees none of the spaces that are to be read."""


@dataclass(frozen=True, slots=True)
class ListedSpaces:
    """The listed spaces. ``seen`` were found; ``lost`` are keys in `spaces` that the token does not
    see, with ``hints`` at the reason; ``unread`` are keys that Confluence failed to report this
    time, with the reason."""

    seen: tuple[ConfluenceSpace, ...]
    lost: tuple[str, ...] = ()
    unread: Mapping[str, Refused] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    def with_some_seen(self) -> Self:
        """Return self.

        Raises:
            Refused: no space was found, and Confluence failed to report one.
        """
        if not self.seen:
            raise next(iter(self.unread.values()))
        return self


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The pages of all spaces that could be listed. A page that moves meanwhile may be in it twice.
    ``refused`` are the spaces whose pages could not be listed, by id."""

    pages: tuple[Seen, ...]
    refused: Mapping[str, Refused]


class Survey:
    """The survey of ``scope``. All methods raise WikiUnavailable if an answer is incomplete."""

    def __init__(
        self,
        wiki: str,
        transport: Transport,
        scope: Scope,
        ownership: Ownership = NOBODY_NAMED,
        viewers_seen: Callable[[ConfluenceSpace, Gate], None] = lambda _space, _viewers: None,
    ) -> None:
        """Create the survey. It calls ``viewers_seen`` with a space's viewers whenever it reads
        them."""
        self._viewers_seen = viewers_seen
        self.tokens = Tokens(transport.base.site)
        kind = Cloud if transport.base.cloud else DataCenter
        self.product: Product = kind(transport, self.tokens, ownership)
        self._wiki = wiki
        self._transport = transport
        self._scope = scope
        self._known_spaces: dict[str, ConfluenceSpace] = {}
        self._unread: Mapping[str, Refused] = {}
        self._keys: dict[str, str] = {}

    def spaces(self, *, fresh: bool = False) -> list[ConfluenceSpace]:
        """Return the spaces that are read: those of the last pass, or ``fresh`` ones.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of them.
            WikiUnavailable: they cannot be listed.
        """
        if fresh or not self._known_spaces:
            listed = self.list_spaces().with_some_seen()
            self._known_spaces = {space.id: space for space in listed.seen}
            self._unread = listed.unread
        return list(self._known_spaces.values())

    def list_spaces(self) -> ListedSpaces:
        """List the spaces that are read. A lost space does not stop the others. It is also returned
        if no space is seen because Confluence fails to report the others.

        Raises:
            NoSpaces: the token sees none of them.
            WikiMisconfigured: the token is not accepted, or there is no Confluence.
            WikiUnavailable: they cannot be listed.
        """
        scope = self._scope
        try:
            spaces = self.product.spaces(
                scope.spaces, personal=scope.personal, archived=scope.archived
            )
        except Refused as refused:
            if refused.status == 404:
                raise self._no_confluence() from refused
            raise
        seen = tuple(space for space in spaces if isinstance(space, ConfluenceSpace))
        keys = {space.key for space in seen}
        unread = {space.key: space.why for space in spaces if isinstance(space, UnreadSpace)}
        lost = tuple(key for key in scope.spaces if key not in keys and key not in unread)
        if not seen and not (lost and unread):
            if not self._answers():
                raise self._no_confluence()
            raise next(iter(unread.values()), self._unseen(lost))
        self._keys |= {space.id: space.key for space in seen}
        return ListedSpaces(seen, lost, unread, self._hints(lost))

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Enumeration:
        """List every page of ``spaces`` that is read. A space that Confluence refuses to list is
        listed once more at the end (it may have dropped a cursor), and does not stop the others.

        Raises:
            WikiUnavailable: Confluence does not answer, or refuses to list every space.
        """
        pages: list[Seen] = []
        refused: dict[str, Refused] = {}
        remaining = spaces
        for _ in range(2):
            refused.clear()
            listings = parallel_map(self._pages_of, remaining, _SPACES_AT_ONCE)
            for space, listed in zip(remaining, listings, strict=True):
                if isinstance(listed, Refused):
                    refused[space.id] = listed
                else:
                    pages.extend(listed)
            remaining = [space for space in remaining if space.id in refused]
        if refused and len(refused) == len(spaces):
            raise next(iter(refused.values()))
        return Enumeration(tuple(pages), refused)

    def selected(self, space: ConfluenceSpace, pages: Iterable[Listed]) -> list[Listed]:
        """Return the ``pages``, all in ``space``, that are in the scope."""
        selected: Callable[[Listed], bool] = self._scope.selects(self._transport, space)
        return [page for page in pages if selected(page)]

    def seen(self, space: ConfluenceSpace, pages: Sequence[Listed]) -> Iterator[Seen]:
        """Yield the pages with their current rights."""
        if not pages:
            return
        viewers = self.product.viewers(space)
        self._viewers_seen(space, viewers)
        rights = self.product.rights(pages)
        for page in pages:
            editor = rights.editors.get(page.key, "v2" if self._transport.base.cloud else "")
            owner = rights.owners.get(page.key, page.owner)
            gates = rights.gates_of(page)
            yield Seen(page, acl(viewers, gates), editor, owner, _unread(page, viewers, gates))

    def seen_again(self, pages: Sequence[Seen]) -> Iterator[Seen]:
        """Read the rights of ``pages`` once more, without those that were deleted meanwhile."""
        incomplete = [page.key for page in pages if page.listed.above_unread]
        spaces = {page.listed.space.id: page.listed.space for page in pages}
        requested = dict(zip(incomplete, self.find_all(incomplete, spaces), strict=True))
        listed = (requested.get(page.key, page.listed) for page in pages)
        for space, of_space in self.by_space(listed, spaces).items():
            yield from self.seen(space, of_space)

    def find_all(
        self, keys: Iterable[str], spaces: Mapping[str, ConfluenceSpace]
    ) -> Iterator[Listed | None]:
        """Yield the result of a request for each of ``keys``, in order. A page may be in none of
        ``spaces`` (by id)."""
        for page in parallel_map(self.product.find, keys, self._transport.concurrency):
            yield page and replace(page, space=spaces.get(page.space.id, page.space))

    @staticmethod
    def by_space(
        pages: Iterable[Listed | None], spaces: Mapping[str, ConfluenceSpace]
    ) -> dict[ConfluenceSpace, list[Listed]]:
        """Return the ``pages`` of each of ``spaces`` (by id), without those of other spaces."""
        pages_by_space: dict[ConfluenceSpace, list[Listed]] = {}
        for page in pages:
            if page and page.space.id in spaces:
                pages_by_space.setdefault(page.space, []).append(page)
        return pages_by_space

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return the ``keys`` of pages that are certainly not current, or not in the scope."""
        spaces = {space.id: space for space in self.spaces(fresh=True)}
        selected = {
            id_: self._scope.selects(self._transport, space) for id_, space in spaces.items()
        }
        return frozenset(
            key
            for key, page in zip(keys, self.find_all(keys, spaces), strict=True)
            if self._is_gone(page, selected)
        )

    def _is_gone(
        self, page: Listed | None, selected: Mapping[str, Callable[[Listed], bool]]
    ) -> bool:
        """Return whether a page is not current, or not in the scope; if unknown, raise."""
        if page is None:
            return True
        scope = self._scope
        if page.space.id not in selected:
            if page.space.key in self._unread:
                raise self._unread[page.space.key]
            if scope.spaces:
                return True
            if self.product.lists(page.space, personal=scope.personal, archived=scope.archived):
                raise WikiUnavailable(
                    f"Confluence at {self._transport.base.url} lists not all of its spaces now."
                )
            return True
        if selected[page.space.id](page):
            return False
        # The search may lag, or return nothing: the page itself has its labels.
        if scope.labels and not scope.cql:
            return scope.labelled_out(self.product.labels(page.key))
        return True

    def sorted_by_labels(self, pages: Sequence[Seen]) -> tuple[list[Seen], list[Skipped]]:
        """Return the pages to read, and the pages that their own labels exclude."""
        if not self._scope.reads_labels:
            return list(pages), []
        keys = [page.listed.key for page in pages]
        labels = parallel_map(self.product.labels, keys, self._transport.concurrency)
        selected: list[Seen] = []
        excluded: list[Skipped] = []
        for page, own in zip(pages, labels, strict=True):
            if self._scope.labelled_out(own):
                excluded.append(Skipped(page.listed.key, "left out by its labels", on_purpose=True))
            else:
                selected.append(page)
        return selected, excluded

    def _pages_of(self, space: ConfluenceSpace) -> list[Seen] | Refused:
        """Return the pages of a space with their rights; the refusal if it cannot be listed."""
        try:
            return list(self.seen(space, self.selected(space, self.product.pages(space))))
        except Refused as refused:
            if refused.busy:
                raise
            return refused

    def key_of(self, space: str) -> str:
        """Return the key of the space with this id, as far as this process has seen it."""
        return self._keys.get(space, "")

    def learn_keys(self, pages: Mapping[str, Sequence[str]]) -> None:
        """Find the keys of spaces, by id, from ``pages`` that were in them, if one of these can be
        requested and is still there."""
        for space, keys in pages.items():
            with suppress(WikiUnavailable):
                for page in map(self.product.find, keys):
                    if page and page.space.id == space:
                        self._keys[space] = page.space.key
                        break

    def _hints(self, keys: Sequence[str]) -> dict[str, str]:
        """Return a hint for each of ``keys``, which the token does not see, by the spaces that it
        sees."""
        spaces: Sequence[ConfluenceSpace | UnreadSpace] = ()
        if keys:
            with suppress(WikiUnavailable):
                spaces = self.product.spaces((), personal=True, archived=True)
        seen = [space for space in spaces if isinstance(space, ConfluenceSpace)]
        return {key: _hint(key, seen) for key in keys}

    def _answers(self) -> bool:
        """Return whether there is a Confluence at this address at all."""
        try:
            self._transport.get("/rest/api/user/current")
        except Refused as refused:
            return refused.status != 404
        return True

    def _no_confluence(self) -> WikiMisconfigured:
        return WikiMisconfigured(
            f"There is no Confluence at {self._transport.base.url}: see that `url` is the address"
            " of its start page, with what follows the host, and that `product` is right."
        )

    def _unseen(self, keys: Sequence[str]) -> NoSpaces:
        spaces = f"space {', '.join(keys)}" if keys else "any space"
        hints = "".join(dict.fromkeys(self._hints(keys).values()))
        return NoSpaces(
            f"The token of {self._wiki} does not see {spaces} of the Confluence at"
            f" {self._transport.base.url}: see `spaces`, and what the token's account may view."
            f"{hints}"
        )


def _hint(key: str, seen: Sequence[ConfluenceSpace]) -> str:
    """Return a hint at the mistake in ``key``; empty if none is obvious."""
    if any(sign in key for sign in "*?%"):
        return " `spaces` takes whole keys, and no wildcards."
    others = [space for space in seen if space.key != key]
    same_key = [space.key for space in others if space.key.casefold() == key.casefold()]
    same_name = [space.key for space in others if space.name.casefold() == key.casefold()]
    guess = next(iter([*same_key, *same_name]), "")
    return f" Did you mean {guess}? `spaces` takes keys, as they are written." if guess else ""


def _unread(page: Listed, viewers: Gate, gates: Sequence[Gate]) -> dict[str, UnreadGate]:
    """Return the unread gates of ``page``, by their place."""
    gates_by_place = {f"space {page.space.key}": viewers} | dict(
        zip((*page.ancestors, page.key), gates, strict=True)
    )
    unread = {where: gate for where, gate in gates_by_place.items() if isinstance(gate, UnreadGate)}
    if page.above_unread:  # not even which pages are above it is known, so nobody may read it
        unread[page.key] = UnreadGate(page.above_unread, is_temporary=True)
    return unread
