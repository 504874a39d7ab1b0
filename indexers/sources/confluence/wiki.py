"""A Confluence as a wiki: its changes, page by page, and who may read them.

Nobody is shown a page with an unread gate. If another try may read the gate (a 500, for example),
it is read once more at the end of the pass, and a gate that stays unread is a failure. If
Confluence refused permanently, each pass warns of it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import (
    NOBODY,
    Acl,
    Enumerated,
    Failed,
    KnownPage,
    PageChange,
    Relabelled,
    Skipped,
    Space,
    Unchanged,
)
from footnote_bot.indexers.parsing.limits import Parse, here
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.extras import ExtraPart, Extras, PageExtras
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.reading import (
    EMPTY,
    Document,
    Names,
    OnPage,
    Reader,
    Seen,
    revision,
    says_the_same,
    space_id_of,
    version_of,
)
from footnote_bot.indexers.sources.confluence.rights import Gate, UnreadGate
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.spaces_lost import (
    close_pages,
    in_lost_spaces,
    known_in,
    left_behind,
    undetermined_spaces,
    vanished_spaces,
)
from footnote_bot.indexers.sources.confluence.survey import ListedSpaces, NoSpaces, Survey
from footnote_bot.indexers.sources.confluence.transport import Transport

log = logging.getLogger(__name__)

_HOURS = 27
"""The period of the cheap pass: a day for time zones and a search index that lags, and an hour for
the pass itself."""


class ConfluenceWiki:
    """The current pages and blog posts of ``scope``, with owners by ``ownership``, and their
    ``extras``, which have the same owners."""

    def __init__(  # noqa: PLR0913 - what is read, and what the live check shares
        self,
        name: str,
        transport: Transport,
        scope: Scope | None = None,
        extras: Extras | None = None,
        ownership: Ownership = NOBODY_NAMED,
        *,
        names: Names | None = None,
        viewers_seen: Callable[[ConfluenceSpace, Gate], None] = lambda _space, _viewers: None,
        parse: Parse = here,
    ) -> None:
        """Create the wiki. ``names`` are the known names of people. ``viewers_seen`` is called with
        a space's viewers whenever they are read."""
        self.name = name
        self.has_page_rights = True
        self.scope_settings = "`spaces`, `page_trees`, `labels` and `cql`"
        self.survey = Survey(name, transport, scope or Scope(), ownership, viewers_seen)
        self._transport = transport
        self._reader = Reader(name, transport, self.survey.product, names, parse=parse)
        self._extras = PageExtras(extras or Extras(), name, transport, self._reader, parse)
        self._passed_over: dict[str, int] = {}
        """Versions of edited pages, by key, that `recent` need not check again."""

    @property
    def requests(self) -> int:
        return self._transport.requests

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes, see `indexers.ports.Wiki`. Rights come first, and narrowed rights
        before all others: a page that also changed is narrowed at once and read later, and so are
        its attachments. The counts of spaces are of pages only.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: a listing is incomplete.
        """
        self._passed_over.clear()
        spaces = yield from self._listed_spaces(known)
        # Before the rights: a file listed after them may have been attached for fewer people.
        parts, listing_error = self._parts(spaces.seen, known_in(spaces.seen, known))
        enumeration = self.survey.enumerated(spaces.seen)
        seen = _merged(enumeration.pages)
        tallies = _tallies(spaces.seen, seen)
        extras = self._extras.documents(parts, {page.key: page for page in seen})
        keys = frozenset([*(page.key for page in seen), *(extra.key for extra in extras)])
        self.survey.learn_keys(undetermined_spaces(spaces, known, self.survey.key_of))
        pages_left = left_behind(spaces, enumeration.refused, keys, known, self.survey.key_of)
        if not listing_error:
            warnings = _refusals(seen)
            if not spaces.lost:
                warnings += vanished_spaces(spaces, known, self.survey.key_of)
            yield Enumerated(
                keys | pages_left.keys, tallies, whole=not pages_left.unread, warnings=warnings
            )
        yield from close_pages(pages_left.closed)
        yield from pages_left.failures
        yield from self._extras.not_read(known)
        if closed := sum(tally.closed for tally in tallies.values()):
            log.warning("%s: %d pages are shown to nobody, their rights being unreadable or"
                        " naming nobody", self.name, closed)  # fmt: skip
        if listing_error:
            # The attachments are unknown: close those whose page may have lost readers.
            yield from close_pages(self._perhaps_narrowed(seen, known))
        yield from self._differing(seen, extras, known)
        if listing_error:
            raise listing_error

    def recent(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield recent edits, attachments and comments, as far as the search knows them. Rights,
        moves and removals are left to `changes`.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: the search does not answer.
        """
        listed_spaces = yield from self._listed_spaces(known)
        yield from close_pages(in_lost_spaces(listed_spaces, known))
        listed_spaces = listed_spaces.with_some_seen()
        spaces = {space.id: space for space in listed_spaces.seen}
        edited = dict(self.survey.product.edited(_HOURS))
        keys = [
            key
            for key, version in edited.items()
            if self._passed_over.get(key) != version
            and (key not in known or version_of(known[key].revision) != version)
        ]
        parts = self._extras.edited(_HOURS, known)
        page_keys = dict.fromkeys((*keys, *(part.page for part in parts)))
        pages = self.survey.by_space(self.survey.find_all(page_keys, spaces), spaces)
        seen = {
            page.key: page
            for space, listed in pages.items()
            for page in self.survey.seen(space, self.survey.selected(space, listed))
        }
        # Otherwise a page that is not read here, or is empty, would be checked each time for a day.
        to_read = {key for key, page in seen.items() if not self._reader.known_empty(page)}
        self._passed_over |= {key: edited[key] for key in keys if key not in to_read}
        edits = [seen[key] for key in keys if key in seen]
        yield from self._differing(edits, self._extras.documents(parts, seen), known)

    def page(self, key: str) -> Iterator[PageChange]:
        """Yield one page, see `indexers.ports.Divisible`. Its attachments are left to `changes`.

        Raises:
            WikiMisconfigured: the token is not accepted or sees none of the spaces.
            WikiUnavailable: Confluence does not answer, or refuses this request.
        """
        if self.survey.gone([key]):
            yield Skipped(key, "it is gone, or not among what is read")
            return
        yield from self._differing(list(self._current([key]).values()), (), {})

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Yield the changes of a space, see `indexers.ports.Divisible`.

        Raises:
            WikiMisconfigured: no such space is read.
            WikiUnavailable: a listing is incomplete.
        """
        spaces = [space for space in self.survey.spaces(fresh=True) if space.key == key]
        if not spaces:
            raise WikiMisconfigured(f"{self.name} reads no space {key}.")
        # Attachments come before the rights, for the reason given in `changes`.
        parts = self._extras.enumerated(spaces, ())
        seen = _merged(self.survey.enumerated(spaces).pages)
        extras = self._extras.documents(parts, {page.key: page for page in seen})
        yield from self._differing(seen, extras, known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        """Return the ``keys`` of documents that are no longer current, or no longer in the scope.

        Raises:
            WikiUnavailable: one of them cannot be requested.
        """
        extras = [key for key in keys if self._extras.owns(key)]
        parts = self._extras.existing(extras)
        pages = dict.fromkeys(key for key in keys if not self._extras.owns(key))
        pages |= dict.fromkeys(part.page for part in parts)
        gone = self.survey.gone(list(pages)) if pages else frozenset()
        remaining = {part.document for part in parts if part.page not in gone}
        return (gone & {*keys}) | ({*extras} - remaining)

    def _listed_spaces(
        self, known: Mapping[str, KnownPage]
    ) -> Generator[PageChange, None, ListedSpaces]:
        """Return the spaces. If the token sees none any more, close all pages first."""
        try:
            return self.survey.list_spaces()
        except NoSpaces:
            yield from close_pages(known)
            raise

    def _parts(
        self, spaces: Sequence[ConfluenceSpace], known: Collection[str]
    ) -> tuple[list[ExtraPart], WikiUnavailable | None]:
        """Return the attachments and comments, and None; or an empty list, and the error that kept
        them from being listed: pages are read all the same."""
        try:
            return self._extras.enumerated(spaces, known), None
        except WikiUnavailable as error:
            return [], error

    def _perhaps_narrowed(
        self, seen: Sequence[Seen], known: Mapping[str, KnownPage]
    ) -> Mapping[str, KnownPage]:
        """Return the indexed attachments of all spaces in which a page has lost readers. They could
        not be listed, so they may be on that page."""
        spaces = {
            page.listed.space.id
            for page in seen
            if (indexed := known.get(page.key)) and _loses_readers(indexed, page.acl)
        }
        return {
            key: indexed
            for key, indexed in known.items()
            if self._extras.owns(key) and space_id_of(indexed.revision) in spaces
        }

    def _current(self, keys: Collection[str]) -> dict[str, Seen]:
        """Return the pages of ``keys`` that exist, by key, in their current state."""
        spaces = {space.id: space for space in self.survey.spaces()}
        pages = list(self.survey.find_all(keys, spaces))
        if any(page and page.space.id not in spaces for page in pages):
            # Its space is newer than the list of spaces, or is not read.
            spaces = {space.id: space for space in self.survey.spaces(fresh=True)}
            pages = list(self.survey.find_all(keys, spaces))
        return {
            seen.key: seen
            for space, listed in self.survey.by_space(pages, spaces).items()
            for seen in self.survey.seen(space, listed)
        }

    def _seen_now(self, pages: Sequence[Seen]) -> Iterable[Seen]:
        """Return the pages that are still in the scope, in their current state, or as they were if
        Confluence does not report it."""
        try:
            current = self._current([page.key for page in pages]).values()
            selected = self.survey.selected
            return [page for page in current if selected(page.listed.space, [page.listed])]
        except WikiUnavailable as error:
            log.warning("%s: pages could not be listed again: %s", self.name, error)
            return pages

    def _differing(
        self, pages: Sequence[Seen], extras: Sequence[OnPage], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """Yield the differences between ``known`` and the documents seen now. Rights that could not
        be read, and perhaps can be, are read again at the end."""
        doubtful = {page.key: page for page in pages if page.doubtful}
        doubtful_extras = [extra for extra in extras if extra.page.key in doubtful]
        narrowed = _narrowed_meanwhile((*doubtful.values(), *doubtful_extras), known)
        yield from _relabelled(known, narrowed)
        yield from self._changes_of(
            [page for page in pages if page.key not in doubtful],
            [extra for extra in extras if extra.page.key not in doubtful],
            known,
        )
        if not doubtful:
            return
        read_again = {page.key: page for page in self._seen_again(list(doubtful.values()))}
        doubtful_extras = [extra.on(read_again[extra.page.key]) for extra in doubtful_extras]
        yield from self._changes_of(
            list(read_again.values()), doubtful_extras, {**known, **narrowed}
        )
        yield from _failures(list(read_again.values()))

    def _seen_again(self, doubtful: Sequence[Seen]) -> Iterator[Seen]:
        """Yield the pages with their rights read again, or as they were if that fails."""
        try:
            seen = {page.key: page for page in self.survey.seen_again(doubtful)}
        except WikiUnavailable as error:
            log.warning("%s: rights could not be read again: %s", self.name, error)
            seen = {}
        for page in doubtful:
            yield seen.get(page.key, page)

    def _changes_of(
        self, pages: Sequence[Seen], extras: Sequence[OnPage], known: Mapping[str, KnownPage]
    ) -> Iterator[PageChange]:
        """Yield the changes of the documents: first narrowed rights, which must not wait, then what
        needs no reading, then what is read."""
        to_read: set[str] = set()
        settled: list[PageChange] = []
        documents: list[Document] = [*pages, *extras]
        for document in documents:
            key, indexed = document.key, known.get(document.key)
            loses_readers = indexed is not None and _loses_readers(indexed, document.acl)
            change: PageChange | None = self._unread(document)
            stays_indexed = not isinstance(change, Skipped)
            if indexed and stays_indexed and says_the_same(document, indexed.revision):
                current = KnownPage(revision(document), document.acl, document.owner)
                relabelled = Relabelled(key, current.revision, current.acl, current.owner)
                if loses_readers:
                    yield relabelled
                    continue
                change = Unchanged(key) if indexed == current else relabelled
            elif indexed and loses_readers:
                yield Relabelled(key, indexed.revision, indexed.acl & document.acl)
            if change:
                settled.append(change)
            else:
                to_read.add(key)
        yield from settled
        yield from self._read(pages, extras, to_read)

    def _read(
        self, pages: Sequence[Seen], extras: Sequence[OnPage], to_read: Collection[str]
    ) -> Iterator[PageChange]:
        """Read the documents ``to_read`` (keys), and yield their changes. A page that its labels
        leave out is skipped, and all its extras are."""
        to_keep, left_out = self.survey.sorted_by_labels(
            [page for page in pages if page.key in to_read]
        )
        yield from left_out
        yield from self._reader.read(to_keep, self._seen_now)
        excluded = {page.key for page in left_out}
        for extra in extras:
            if extra.page.key in excluded:
                yield Skipped(extra.key, "its page is left out by its labels", on_purpose=True)
        yield from self._extras.read(
            [extra for extra in extras if extra.key in to_read and extra.page.key not in excluded]
        )

    def _unread(self, document: Document) -> Skipped | Failed | None:
        """Return why the document need not be read, such as that it is empty; None if it must
        be."""
        if not isinstance(document, Seen):
            return self._extras.unread(document)
        return Skipped(document.key, EMPTY) if self._reader.known_empty(document) else None


def _merged(seen: Iterable[Seen]) -> list[Seen]:
    """Return each page once. A page that moves during the pass may come in both its spaces; it gets
    the rights that both allow."""
    merged: dict[str, Seen] = {}
    for page in seen:
        other = merged.get(page.listed.key)
        merged[page.listed.key] = replace(page, acl=page.acl & other.acl) if other else page
    return list(merged.values())


def _tallies(spaces: Sequence[ConfluenceSpace], seen: Sequence[Seen]) -> dict[str, Space]:
    """Return by space key how many pages are listed, and how many of them nobody may read."""
    pages = Counter(page.listed.space.key for page in seen)
    closed = Counter(page.listed.space.key for page in seen if page.acl == NOBODY)
    return {space.key: Space(pages[space.key], closed[space.key]) for space in spaces}


def _narrowed_meanwhile(
    documents: Iterable[Document], known: Mapping[str, KnownPage]
) -> dict[str, KnownPage]:
    """Return the indexed versions of ``documents``, by key, each open only to readers whom its
    indexed and its readable rights both admit."""
    return {
        document.key: replace(indexed, acl=_narrowed(indexed.acl, document.acl))
        for document in documents
        if (indexed := known.get(document.key)) is not None
    }


def _relabelled(
    known: Mapping[str, KnownPage], narrowed: Mapping[str, KnownPage]
) -> Iterator[Relabelled]:
    """Yield the ``narrowed`` pages whose rights differ from the ``known`` ones."""
    for key, indexed in narrowed.items():
        if indexed.acl != known[key].acl:
            yield Relabelled(key, indexed.revision, indexed.acl)


def _loses_readers(indexed: KnownPage, current: Acl) -> bool:
    """Return whether fewer people may read it now; a page that is closed to all loses none."""
    return indexed.acl not in {NOBODY, indexed.acl & current}


def _narrowed(indexed: Acl, current: Acl) -> Acl:
    """Return rights that admit those whom both admit; nobody if one of the two admits nobody."""
    return NOBODY if NOBODY in {indexed, current} else indexed & current


def _refusals(pages: Iterable[Seen]) -> tuple[str, ...]:
    """Return a warning for each gate that Confluence refused to report permanently."""
    return tuple(
        f"{_gate_name(where)} cannot be read: {gate.why} {_effect(gate, count)}"
        for where, (gate, count) in _unread_gates(pages).items()
        if not gate.is_temporary
    )


def _failures(pages: Sequence[Seen]) -> Iterator[Failed]:
    """Yield a failure for each gate that still could not be read: one line, however many pages it
    closes."""
    for where, (gate, count) in _unread_gates(pages).items():
        if gate.is_temporary:
            yield Failed(
                where,
                f"its rights could not be read: {gate.why} {_effect(gate, count)} The next sync"
                " tries again.",
            )


def _unread_gates(pages: Iterable[Seen]) -> dict[str, tuple[UnreadGate, int]]:
    """Return the unread gates by place, each with the number of its pages."""
    unread: dict[str, tuple[UnreadGate, int]] = {}
    for page in pages:
        for where, gate in page.unread.items():
            unread[where] = (gate, unread[where][1] + 1 if where in unread else 1)
    return unread


def _gate_name(where: str) -> str:
    """Return the name of a gate for messages, from its place (see `Seen.unread`)."""
    if where.startswith("space "):
        return f"Who may view {where}"
    return f"The restriction of page {where}"


def _effect(gate: UnreadGate, count: int) -> str:
    """Say from whom an unread gate hides ``count`` pages. One that is not empty was read in part:
    only its rule for anonymous visitors is missing."""
    pages = "the page" if count == 1 else f"the {count} pages"
    if gate:
        return f"Visitors who are not logged in are not shown {pages} behind it."
    return f"Nobody is shown {pages} behind it."
