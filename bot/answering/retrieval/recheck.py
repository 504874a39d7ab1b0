"""The recheck before an answer: whether its pages still exist and the reader may still read them.

The index is as old as the last sync. So wikis with rights of their own are asked again about the
pages that an answer cites. Invalid pages are left out, edited ones are quoted in their current
text, and the answer is made again. If a wiki does not say in time, a page is quoted only if it was
open to everyone; any other is linked, and nothing of it is shown.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import BoundedSemaphore

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.retrieval.rereading import Rereading, Split, stands_in
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.model import Doubt, Linked, NoAnswer, Reason, Result, Source, Unchecked, named
from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import (
    EVERYONE,
    OPEN,
    LivePage,
    LivePages,
    Page,
    Passage,
    Principal,
    Reader,
)
from footnote_bot.indexers.ports import LiveWiki

log = logging.getLogger(__name__)

MOST_CITED = 5
"""Pages that an answer may cite, so that the recheck stays cheap."""
ROUNDS = 4
"""How often an answer is made from unchecked pages. After that, only checked pages are used."""
_BATCH = 3
"""Pages that are checked together, even if an answer cites fewer."""
_BATCH_GROWTH = 4
"""The factor by which this grows once a page may not be quoted: a whole space may have been closed,
so that open pages come only after its pages."""
MOST_LINKED = 3
_GRACE = 0.5
"""Seconds that a reply may come after the time limit. A wiki's checks end at the limit; what they
found until then must not be lost if the machine is busy: it may be that a page was closed."""

PageRef = tuple[str, str]
"""A wiki, and a page's key in it."""
_ANYBODY = Principal.of(EVERYONE)


@dataclass(slots=True)
class _CheckState:
    """The results of the checks for one question, by page. ``valid`` pages may be shown to the
    reader, with their current text if they were edited; ``invalid`` ones may not; ``doubts`` says
    why a page could not be confirmed. Of these, some ``may_be_closed``: the wiki's reply does not
    admit everyone, or is about another text. ``silent_wikis`` are not asked again. ``reread`` holds
    edited pages as they may be quoted, ``linked`` the pages that are linked only. ``would_quote``:
    an answer would have quoted one of these."""

    valid: dict[PageRef, Page | None] = field(default_factory=dict)
    invalid: set[PageRef] = field(default_factory=set)
    doubts: dict[PageRef, Doubt] = field(default_factory=dict)
    may_be_closed: set[PageRef] = field(default_factory=set)
    silent_wikis: set[str] = field(default_factory=set)
    reread: dict[PageRef, FoundPage | None] = field(default_factory=dict)
    linked: dict[PageRef, Linked] = field(default_factory=dict)
    needs_check: dict[str, bool] = field(default_factory=dict)
    """Whether pages of a wiki are checked, as decided at its first page."""
    would_quote: bool = False

    def has_result(self, ref: PageRef) -> bool:
        return ref in self.valid or ref in self.invalid or ref in self.doubts


class Recheck:
    """The recheck of an answer's pages. Only wikis with live pages need one.

    ``seconds`` is the time limit of all checks for one question. If a wiki does not answer, pages
    that were open to everyone are shown with the date of its ``last_pass`` (None: unknown), or left
    out if this ``refuses``. ``split`` cuts edited pages into passages. With 0 ``seconds`` no wiki
    is asked, and a wiki whose last pass ``failed_since`` counts as silent. A check that hangs keeps
    its thread: each wiki has at most ``at_once`` threads, and counts as silent while all of them
    hang.
    """

    def __init__(  # noqa: PLR0913 - the parts, and one for each thing that may be set
        self,
        live_wikis: Mapping[str, LiveWiki],
        last_pass: Callable[[str], datetime | None],
        split: Split,
        *,
        seconds: float,
        refuses: bool = False,
        at_once: int = 8,
        failed_since: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failed_since = failed_since
        self._live_wikis = dict(live_wikis)
        self._last_pass = last_pass
        self.split = split
        self._reread = Rereading(split)
        self._seconds = seconds
        self._refuses = refuses
        self._slots = {wiki: BoundedSemaphore(at_once) for wiki in self._live_wikis}
        self._clock = clock

    def begin(self, reader: Reader, pages: Sequence[FoundPage]) -> Check:
        """Return the check for one question of ``reader``, whose passages are on ``pages``."""
        return Check(self, reader, pages)

    def confirmed(self, sources: Collection[Source], reader: Reader) -> frozenset[PageRef]:
        """Return the pages of ``sources`` that their wikis confirm in time: they exist, are open to
        ``reader`` and still have the quoted text. A wiki without live pages is not asked, and its
        pages are valid."""
        state = _CheckState()
        revisions = {
            _ref(source): source.revision
            for source in sources
            if self.needs_check(source.wiki, state)
        }
        self.check_pages(revisions, reader, self.deadline(), state)
        return frozenset(
            _ref(source)
            for source in sources
            if not self.needs_check(source.wiki, state) or _still_has_quote(source, state)
        )

    def deadline(self) -> float:
        return self._clock() + self._seconds

    def needs_check(self, wiki: str, state: _CheckState) -> bool:
        """Return whether pages of ``wiki`` must be confirmed. This is decided once a question,
        because it may read the log of passes."""
        if wiki not in state.needs_check:
            state.needs_check[wiki] = wiki in self._live_wikis and (
                self._seconds > 0 or self._failed_since(wiki)
            )
        return state.needs_check[wiki]

    def quotable(self, page: FoundPage, state: _CheckState) -> FoundPage | None:
        """Return the page as it may be quoted after the checks so far; None if it may not be. Its
        doubts, and the page as it reads now, are kept in ``state``."""
        ref = _ref(page)
        if not self.needs_check(page.wiki, state) or ref in state.reread:
            return state.reread.get(ref, page)
        if ref in state.invalid:
            return None
        if ref in state.doubts or (page.wiki in state.silent_wikis and ref not in state.valid):
            state.doubts.setdefault(ref, Doubt.UNCONFIRMED)
            may_be_closed = ref in state.may_be_closed or not _is_open(page)
            return None if self._refuses or may_be_closed else page
        if current := state.valid.get(ref):
            state.reread[ref] = self._reread(page, current)
            return state.reread[ref]
        return page  # not checked yet

    def linked(self, source: Source, doubt: Doubt) -> Linked:
        """Return the page of ``source`` as one that is only linked, because of ``doubt``."""
        address = self._live_wikis[source.wiki].plain_address(source.page, source.url)
        return Linked(source.wiki, source.page, address, doubt)

    def with_doubts(self, result: Result, state: _CheckState) -> Result:
        """Return ``result`` with the doubts and links of ``state``, which may be its reason."""
        linked = tuple(page for page in state.linked.values() if page.url)[:MOST_LINKED]
        if isinstance(result, NoAnswer):
            if self._refuses and Doubt.UNCONFIRMED in state.doubts.values():
                result = replace(result, reason=Reason.UNCHECKED, text=texts.CANNOT_CHECK)
            elif state.linked and (state.would_quote or result.reason is Reason.NOTHING_INDEXED):
                text = texts.ONLY_LINKS if linked else texts.CANNOT_CHECK
                result = replace(result, reason=Reason.UNCHECKED, text=text)
        result = replace(result, linked=linked)
        unsure_wikis = {source.wiki for source in named(result) if _ref(source) in state.doubts}
        if not unsure_wikis:
            return result
        passes = [self._last_pass(wiki) for wiki in sorted(unsure_wikis)]
        known_moments = [moment for moment in passes if moment is not None]
        return replace(
            result,
            unchecked=Unchecked(min(known_moments) if len(known_moments) == len(passes) else None),
        )

    def check_pages(
        self, pages: Mapping[PageRef, str], reader: Reader, deadline: float, state: _CheckState
    ) -> None:
        """Check ``pages`` (with their revisions), all wikis in parallel, and fill ``state``."""
        by_wiki: dict[str, dict[str, str]] = {}
        for (wiki, page), revision in pages.items():
            by_wiki.setdefault(wiki, {})[page] = revision
        seconds_left = max(0.0, deadline - self._clock())
        to_ask = by_wiki.items() if self._seconds else ()
        futures = {wiki: self._ask(wiki, pages, seconds_left) for wiki, pages in to_ask}
        wait(filter(None, futures.values()), seconds_left + _GRACE)
        for wiki, revisions in by_wiki.items():
            reply = _reply(wiki, futures[wiki]) if wiki in futures else None
            live_pages = reply or LivePages({}, frozenset(revisions))
            if live_pages.untold.issuperset(revisions) and not live_pages.partly:
                state.silent_wikis.add(wiki)  # it said nothing about any page
            for page in revisions:
                _record((wiki, page), live_pages, reader, state)

    def _ask(self, wiki: str, pages: Mapping[str, str], seconds: float) -> Future[LivePages] | None:
        """Ask a wiki in a thread. Return None if too many of its threads hang, or none is left."""
        if not self._slots[wiki].acquire(blocking=False):
            return None

        def check() -> LivePages:
            try:
                return self._live_wikis[wiki].current(pages, seconds)
            finally:
                self._slots[wiki].release()

        try:
            return in_daemon(check, f"checking-{wiki}")
        except RuntimeError as error:
            self._slots[wiki].release()
            log.warning("%s cannot be asked: %s", wiki, error)
            return None


class Check:
    """The check of one question's pages. ``pages`` are those that may be used after the checks so
    far: invalid ones are removed, and edited ones have their current text."""

    def __init__(self, recheck: Recheck, reader: Reader, pages: Sequence[FoundPage]) -> None:
        self._recheck = recheck
        self._reader = reader
        self._deadline = recheck.deadline()
        self._batch_size = _BATCH
        self.pages = tuple(pages)
        self.state = _CheckState()

    def confirm(self, sources: Sequence[Source], *, quoted: bool) -> bool:
        """Check ``sources``, which an answer names or (``quoted``) quotes; return whether all may
        stay. If not, invalid pages leave `pages`, and edited ones get their current text."""
        self._check_new(sources)
        remaining = tuple(
            current
            for page in self.pages
            if (current := self._recheck.quotable(page, self.state)) is not None
        )
        unchanged = len(remaining) == len(self.pages) and all(map(_is_same, remaining, self.pages))
        self.pages = remaining
        if not unchanged:
            self._batch_size *= _BATCH_GROWTH
        self._link(sources, quoted=quoted)
        return unchanged

    def is_doubtful(self, page: PageRef) -> bool:
        """Return whether the page's wiki did not confirm it in time."""
        return page in self.state.doubts

    def as_edited(self, page: PageRef) -> Sequence[Passage] | None:
        """Return all passages of the page's current text, if it was edited; else None."""
        current = self.state.valid.get(page)
        return self._recheck.split(current) if current else None

    def keep_confirmed(self) -> None:
        """Keep only the pages that were checked and are valid."""
        self.pages = tuple(page for page in self.pages if self._is_confirmed(page))

    @property
    def counts(self) -> tuple[int, int, int]:
        """Return how many pages are valid, invalid, and unconfirmed so far."""
        return len(self.state.valid), len(self.state.invalid), len(self.state.doubts)

    def with_doubts(self, result: Result) -> Result:
        """Return ``result`` with its unconfirmed pages, and those that are only linked."""
        return self._recheck.with_doubts(result, self.state)

    def _check_new(self, sources: Sequence[Source]) -> None:
        """Check the pages of ``sources`` that were not checked yet, and the next best with them."""
        revisions = {
            _ref(source): source.revision for source in sources if self._is_pending(_ref(source))
        }
        if not revisions:
            return
        # Check the next best pages, too: one may be needed if a cited page is invalid.
        for page in self.pages[: max(MOST_CITED, self._batch_size)]:
            if len(revisions) < self._batch_size and self._is_pending(_ref(page)):
                revisions.setdefault(_ref(page), page.hits[0].passage.revision)
        self._recheck.check_pages(revisions, self._reader, self._deadline, self.state)

    def _is_confirmed(self, page: FoundPage) -> bool:
        if not self._recheck.needs_check(page.wiki, self.state):
            return True
        return _ref(page) in self.state.valid

    def _is_pending(self, ref: PageRef) -> bool:
        """Return whether the page must still be checked."""
        wiki = ref[0]
        is_asked = (
            self._recheck.needs_check(wiki, self.state) and wiki not in self.state.silent_wikis
        )
        return is_asked and not self.state.has_result(ref)

    def _link(self, sources: Sequence[Source], *, quoted: bool) -> None:
        """Record the pages of ``sources`` that a doubt removed from `pages`, to link them."""
        remaining = {_ref(page) for page in self.pages}
        for source in sources:
            ref = _ref(source)
            doubt = self.state.doubts.get(ref)
            if doubt is not None and ref not in remaining:
                self.state.linked.setdefault(ref, self._recheck.linked(source, doubt))
                self.state.would_quote = self.state.would_quote or quoted


def _is_same(one: object, other: object) -> bool:
    return one is other


def _ref(page: Source | FoundPage) -> PageRef:
    return page.wiki, page.page


def _is_open(page: FoundPage) -> bool:
    """Return whether the page was open to everyone when it was indexed."""
    return all(hit.passage.acl.admits(_ANYBODY) for hit in page.hits)


def _still_has_quote(source: Source, state: _CheckState) -> bool:
    ref = _ref(source)
    if ref not in state.valid:
        return False
    current = state.valid[ref]
    return current is None or stands_in(source.quote, current)  # None: it was not edited


def _record(ref: PageRef, live_pages: LivePages, reader: Reader, state: _CheckState) -> None:
    """Record in ``state`` what the wiki's reply says of a page: invalid, doubtful, or valid."""
    wiki, page = ref
    unreported = page in live_pages.untold
    # The wiki may have reported a part of it (``partly``). If not, it counts as open, because the
    # rights in the index have admitted the reader already. A page not in ``stand`` is gone.
    live_page = (
        live_pages.partly.get(page, LivePage(OPEN)) if unreported else live_pages.stand.get(page)
    )
    if live_page is None or not live_page.acl.admits(reader):
        state.invalid.add(ref)
        log.info("Page %s of %s is gone or closed for a reader: left out", page, wiki)
    elif unreported:
        state.doubts[ref] = Doubt.UNCONFIRMED
        if live_page.edited or live_page.acl != OPEN:
            state.may_be_closed.add(ref)
    elif live_page.edited and live_page.now is None:  # its current text could not be read
        state.doubts[ref] = Doubt.EDITED
        state.may_be_closed.add(ref)
    else:
        state.valid[ref] = live_page.now


def _reply(wiki: str, future: Future[LivePages] | None) -> LivePages | None:
    """Return the wiki's reply; None if it did not come in time."""
    if future is None or not future.done():
        log.warning("%s does not confirm cited pages in time", wiki)
        return None
    try:
        return future.result()
    except WikiUnavailable as error:
        log.warning("%s does not confirm cited pages: %s", wiki, error)
        return None
