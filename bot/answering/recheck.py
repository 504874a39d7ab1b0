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

from bot.answering import texts
from bot.answering.rereading import Rereading, Split, stands_in
from bot.answering.retrieval import FoundPage
from bot.model import Doubt, Linked, NoAnswer, Reason, Result, Source, Unchecked, named
from indexers.daemons import in_daemon
from indexers.errors import WikiUnavailable
from indexers.model import EVERYONE, OPEN, LivePage, LivePages, Page, Principal, Reader
from indexers.ports import LiveWiki

log = logging.getLogger(__name__)

MOST_CITED = 5
"""Pages that an answer may cite, so that the recheck stays cheap."""
ROUNDS = 4
"""How often an answer is made from unchecked pages; after that, from checked ones."""
_TOGETHER = 3
"""Pages that are checked together, even if an answer cites fewer."""
_WIDER = 4
"""The factor for more pages once some of them may not be quoted: a whole space may have been
closed, and open pages come after its pages."""
MOST_LINKED = 3

PageRef = tuple[str, str]
"""A wiki, and a page's key in it."""
_ANYBODY = Principal.of(EVERYONE)


@dataclass(slots=True)
class _Seen:
    """The results of the checks for one question, by page: those that ``stand`` for the reader
    (with their current text, if they were edited), those that ``fell``, and those in ``doubt``, of
    which some are ``closing``: the wiki's reply does not admit everyone, or is about another text.
    ``silent`` wikis are not asked again. ``now`` holds reread pages, ``linked`` those that are
    linked only, and ``answered`` is true if an answer would have quoted one."""

    stand: dict[PageRef, Page | None] = field(default_factory=dict)
    fell: set[PageRef] = field(default_factory=set)
    doubt: dict[PageRef, Doubt] = field(default_factory=dict)
    closing: set[PageRef] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    now: dict[PageRef, FoundPage | None] = field(default_factory=dict)
    linked: dict[PageRef, Linked] = field(default_factory=dict)
    looks: dict[str, bool] = field(default_factory=dict)
    """Whether pages of a wiki are checked, as decided for the first of them."""
    answered: bool = False

    def is_told(self, place: PageRef) -> bool:
        return place in self.stand or place in self.fell or place in self.doubt


class Recheck:
    """The recheck of an answer's pages, for wikis that can be asked for live pages; others need
    none.

    ``seconds`` is the time limit of all checks for one question. Pages that were open to everyone,
    of a wiki that does not answer, are shown with the date of its ``last_pass`` (None: unknown), or
    left out if this ``refuses``. ``split`` cuts edited pages. With 0 ``seconds`` no wiki is asked,
    and one whose last pass ``failed_since`` counts as silent. A check that hangs keeps its thread:
    each wiki has at most ``at_once``, and while all of them hang the wiki counts as silent at once.
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
        self._reread = Rereading(split)
        self._seconds = seconds
        self._refuses = refuses
        self._places = {wiki: BoundedSemaphore(at_once) for wiki in self._live_wikis}
        self._clock = clock

    def begin(self, reader: Reader, pages: Sequence[FoundPage]) -> Check:
        """Return the check for one question of ``reader``'s, whose passages are on ``pages``."""
        return Check(self, reader, pages)

    def stands(self, sources: Collection[Source], reader: Reader) -> frozenset[PageRef]:
        """Return the pages of ``sources`` that their wikis confirm in time: they exist, are open to
        ``reader`` and still have the quoted text; a wiki that has no live pages is not asked, and
        its pages are valid."""
        seen = _Seen()
        asked = {_place(one): one.revision for one in sources if self.is_looked_at(one.wiki, seen)}
        self.look(asked, reader, self.until(), seen)
        return frozenset(
            _place(source)
            for source in sources
            if not self.is_looked_at(source.wiki, seen) or _still_says(source, seen)
        )

    def until(self) -> float:
        return self._clock() + self._seconds

    def is_looked_at(self, wiki: str, seen: _Seen) -> bool:
        """Return whether pages of ``wiki`` must be confirmed. Called once for each question: it may
        read the log of passes."""
        if wiki not in seen.looks:
            seen.looks[wiki] = wiki in self._live_wikis and (
                self._seconds > 0 or self._failed_since(wiki)
            )
        return seen.looks[wiki]

    def as_seen(self, found: FoundPage, seen: _Seen) -> FoundPage | None:
        """Return a page as it may be quoted after the checks so far; None if it may not be."""
        place = _place(found)
        if not self.is_looked_at(found.wiki, seen) or place in seen.now:
            return seen.now.get(place, found)
        if place in seen.fell:
            return None
        if place in seen.doubt or (found.wiki in seen.silent and place not in seen.stand):
            seen.doubt.setdefault(place, Doubt.UNCONFIRMED)
            closed = place in seen.closing or not _is_open(found)
            return None if self._refuses or closed else found
        if now := seen.stand.get(place):
            seen.now[place] = self._reread(found, now)
            return seen.now[place]
        return found

    def linked(self, source: Source, doubt: Doubt) -> Linked:
        address = self._live_wikis[source.wiki].plain_address(source.page, source.url)
        return Linked(source.wiki, source.page, address, doubt)

    def with_doubts(self, result: Result, seen: _Seen) -> Result:
        linked = tuple(one for one in seen.linked.values() if one.url)[:MOST_LINKED]
        if isinstance(result, NoAnswer):
            if self._refuses and Doubt.UNCONFIRMED in seen.doubt.values():
                result = replace(result, reason=Reason.UNCHECKED, text=texts.CANNOT_CHECK)
            elif seen.linked and (seen.answered or result.reason is Reason.NOTHING_INDEXED):
                text = texts.ONLY_LINKS if linked else texts.CANNOT_CHECK
                result = replace(result, reason=Reason.UNCHECKED, text=text)
        result = replace(result, linked=linked)
        unsure = {source.wiki for source in named(result) if _place(source) in seen.doubt}
        if not unsure:
            return result
        passes = [self._last_pass(wiki) for wiki in sorted(unsure)]
        known = [moment for moment in passes if moment is not None]
        return replace(
            result, unchecked=Unchecked(min(known) if len(known) == len(passes) else None)
        )

    def look(self, pages: Mapping[PageRef, str], reader: Reader, until: float, seen: _Seen) -> None:
        """Check ``pages`` (revisions by place), all wikis in parallel."""
        cited: dict[str, dict[str, str]] = {}
        for (wiki, page), revision in pages.items():
            cited.setdefault(wiki, {})[page] = revision
        left = max(0.0, until - self._clock())
        asks = cited.items() if self._seconds else ()
        asked = {wiki: self._ask(wiki, pages, left) for wiki, pages in asks}
        wait(filter(None, asked.values()), left)
        for wiki, revisions in cited.items():
            answer = _answered(wiki, asked[wiki]) if wiki in asked else None
            live_pages = answer or LivePages({}, frozenset(revisions))
            if live_pages.untold.issuperset(revisions) and not live_pages.partly:
                seen.silent.add(wiki)
            for page in revisions:
                _note((wiki, page), live_pages, reader, seen)

    def _ask(self, wiki: str, pages: Mapping[str, str], seconds: float) -> Future[LivePages] | None:
        """Ask a wiki in a thread of its own; return None while too many hang, or if the system has
        no thread left."""
        if not self._places[wiki].acquire(blocking=False):
            return None

        def check() -> LivePages:
            try:
                # A little less than the wait here, so that partial results arrive.
                return self._live_wikis[wiki].current(pages, seconds * _SHARE)
            finally:
                self._places[wiki].release()

        try:
            return in_daemon(check, f"checking-{wiki}")
        except RuntimeError as error:
            self._places[wiki].release()
            log.warning("%s cannot be asked: %s", wiki, error)
            return None


_SHARE = 0.97


class Check:
    """The check of one question's pages. ``pages`` are those that may be used, as far as they were
    checked: invalid ones are removed, and edited ones have their current text."""

    def __init__(self, of: Recheck, reader: Reader, pages: Sequence[FoundPage]) -> None:
        self._of = of
        self._reader = reader
        self._until = of.until()
        self._together = _TOGETHER
        self.pages = tuple(pages)
        self.seen = _Seen()

    def holds(self, sources: Sequence[Source], *, quoted: bool) -> bool:
        """Return whether all ``sources`` may be cited as they are. If not, `pages` are updated:
        without invalid ones, and with the current text of edited ones."""
        self._look(sources)
        kept = tuple(
            now for found in self.pages if (now := self._of.as_seen(found, self.seen)) is not None
        )
        same = len(kept) == len(self.pages) and all(map(_is, kept, self.pages))
        self.pages = kept
        if not same:
            self._together *= _WIDER
        self._link(sources, quoted=quoted)
        return same

    def keep_sure(self) -> None:
        """Keep only the pages that were checked and are valid."""
        self.pages = tuple(found for found in self.pages if self._is_sure(found))

    @property
    def figures(self) -> tuple[int, int, int]:
        """Return how many pages are valid, invalid, and unconfirmed so far."""
        return len(self.seen.stand), len(self.seen.fell), len(self.seen.doubt)

    def with_doubts(self, result: Result) -> Result:
        """Return ``result`` with the pages that could not be confirmed, and those that are only
        linked."""
        return self._of.with_doubts(result, self.seen)

    def _look(self, sources: Sequence[Source]) -> None:
        new = {_place(one): one.revision for one in sources if self._is_open(_place(one))}
        if not new:
            return
        # The next best pages are checked with them, and not later if one of them is invalid.
        for found in self.pages[: max(MOST_CITED, self._together)]:
            if len(new) < self._together and self._is_open(_place(found)):
                new.setdefault(_place(found), found.hits[0].passage.revision)
        self._of.look(new, self._reader, self._until, self.seen)

    def _is_sure(self, found: FoundPage) -> bool:
        if not self._of.is_looked_at(found.wiki, self.seen):
            return True
        return _place(found) in self.seen.stand

    def _is_open(self, place: PageRef) -> bool:
        wiki = place[0]
        looks = self._of.is_looked_at(wiki, self.seen) and wiki not in self.seen.silent
        return looks and not self.seen.is_told(place)

    def _link(self, sources: Sequence[Source], *, quoted: bool) -> None:
        left = {_place(found) for found in self.pages}
        for source in sources:
            place = _place(source)
            doubt = self.seen.doubt.get(place)
            if doubt is not None and place not in left:
                self.seen.linked.setdefault(place, self._of.linked(source, doubt))
                self.seen.answered = self.seen.answered or quoted


def _is(one: object, other: object) -> bool:
    return one is other


def _place(page: Source | FoundPage) -> PageRef:
    return page.wiki, page.page


def _is_open(found: FoundPage) -> bool:
    """Return whether it was open to everyone when it was indexed."""
    return all(hit.passage.acl.admits(_ANYBODY) for hit in found.hits)


def _still_says(source: Source, seen: _Seen) -> bool:
    place = _place(source)
    if place not in seen.stand:
        return False
    now = seen.stand[place]
    return now is None or stands_in(source.quote, now)


def _note(place: PageRef, live_pages: LivePages, reader: Reader, seen: _Seen) -> None:
    wiki, page = place
    untold = page in live_pages.untold
    live = live_pages.partly.get(page, LivePage(OPEN)) if untold else live_pages.stand.get(page)
    if live is None or not live.acl.admits(reader):
        seen.fell.add(place)
        log.info("Page %s of %s is gone or closed for a reader: left out", page, wiki)
    elif untold:
        seen.doubt[place] = Doubt.UNCONFIRMED
        if live.edited or live.acl != OPEN:
            seen.closing.add(place)
    elif live.edited and live.now is None:
        seen.doubt[place] = Doubt.EDITED
        seen.closing.add(place)
    else:
        seen.stand[place] = live.now


def _answered(wiki: str, answer: Future[LivePages] | None) -> LivePages | None:
    """Return the wiki's reply; None if there was none in time."""
    if answer is None or not answer.done():
        log.warning("%s does not confirm cited pages in time", wiki)
        return None
    try:
        return answer.result()
    except WikiUnavailable as error:
        log.warning("%s does not confirm cited pages: %s", wiki, error)
        return None
