"""Before an answer goes out: do its pages still stand, and may the reader still read them?

What the index holds is as old as the last sync. So the wikis that have rights of their own
are asked once more about the pages that an answer names; what fails is left out, and the
answer is made again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import BoundedSemaphore, Thread

from bot.answering.retrieval import Found, Retrieved
from bot.model import NoAnswer, Reason, Result, Source, Unchecked
from indexers.errors import WikiUnavailable
from indexers.model import Acl, Reader
from indexers.ports import Lookout

log = logging.getLogger(__name__)

MOST_CITED = 5
"""Pages that an answer may name, so that looking at them again stays cheap."""
ROUNDS = 4
"""How often an answer is made from pages not yet looked at; after that, from the rest."""
REFUSAL = (
    "A wiki does not answer at the moment, so I cannot check that what I found there still "
    "holds. Please ask again in a while."
)

Place = tuple[str, str]
"""A wiki, and a page's key in it."""
Compose = Callable[[Retrieved], Result]
Ahead = Callable[[Retrieved], Sequence[Source]]
"""The pages that an answer made of these could name."""
Standing = Mapping[str, Acl]


@dataclass(slots=True)
class _Seen:
    """What the looks for one question have shown: whether a page ``stands`` for its
    reader, and which wikis are ``silent``."""

    stands: dict[Place, bool] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)


class Recheck:
    """Looks at an answer's pages again, those of wikis with a lookout; others need no look.

    ``seconds`` is what all looks for one question may take together. Pages of a wiki that
    does not answer are shown with the date of its ``last_pass`` (None: not known), or left
    out if this ``refuses``. A look that hangs keeps its thread: of each wiki there are
    ``at_once`` at most, and while all of them hang the wiki counts as silent at once.
    """

    def __init__(  # noqa: PLR0913 - the parts, and one for each thing that may be set
        self,
        lookouts: Mapping[str, Lookout],
        last_pass: Callable[[str], datetime | None],
        *,
        seconds: float = 2.0,
        refuses: bool = False,
        at_once: int = 8,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lookouts = dict(lookouts)
        self._last_pass = last_pass
        self._seconds = seconds
        self._refuses = refuses
        self._places = {wiki: BoundedSemaphore(at_once) for wiki in self._lookouts}
        self._clock = clock

    def __call__(
        self,
        reader: Reader,
        retrieved: Retrieved,
        compose: Compose,
        ahead: Ahead | None = None,
    ) -> Result:
        """What ``compose`` makes of those pages that stand. It is not called before all
        pages that ``ahead`` names have been looked at: an answer that is shown while it is
        made must never have held what falls."""
        until = self._clock() + self._seconds
        seen = _Seen()
        if ahead is not None:
            retrieved = self._standing(ahead, retrieved, reader, until, seen)
        for _ in range(ROUNDS):
            said = compose(retrieved)
            standing = self._without_fallen(_named(said), retrieved, reader, until, seen)
            if standing is None:
                return self._told(said, seen)
            retrieved = standing
        return self._told(compose(self._sure(retrieved, seen)), seen)

    def _standing(
        self, ahead: Ahead, retrieved: Retrieved, reader: Reader, until: float, seen: _Seen
    ) -> Retrieved:
        for _ in range(ROUNDS):
            standing = self._without_fallen(ahead(retrieved), retrieved, reader, until, seen)
            if standing is None:
                return retrieved
            retrieved = standing
        return self._sure(retrieved, seen)

    def _without_fallen(
        self,
        named: Collection[Source],
        retrieved: Retrieved,
        reader: Reader,
        until: float,
        seen: _Seen,
    ) -> Retrieved | None:
        """Without the pages that fell, those of ``named`` looked at; None if none fell."""
        new = [source for source in named if self._is_open(source, seen)]
        if new:
            self._look(new, reader, until, seen)
        kept = tuple(found for found in retrieved.pages if self._keeps(found, seen))
        return None if len(kept) == len(retrieved.pages) else replace(retrieved, pages=kept)

    def _sure(self, retrieved: Retrieved, seen: _Seen) -> Retrieved:
        return replace(
            retrieved,
            pages=tuple(found for found in retrieved.pages if self._is_sure(found, seen)),
        )

    def stands(self, sources: Collection[Source], reader: Reader) -> frozenset[Place]:
        """The pages of ``sources`` that their wikis say, in time, stand and are open to
        ``reader``; a wiki without a lookout is not asked, and its pages stand."""
        seen = _Seen()
        asked = [source for source in sources if not self._is_sure(source, seen)]
        self._look(asked, reader, self._clock() + self._seconds, seen)
        sure = (source for source in sources if self._is_sure(source, seen))
        return frozenset((source.wiki, source.page) for source in sure)

    def _is_open(self, source: Source, seen: _Seen) -> bool:
        return not self._is_sure(source, seen) and source.wiki not in seen.silent

    def _is_sure(self, page: Source | Found, seen: _Seen) -> bool:
        return page.wiki not in self._lookouts or seen.stands.get((page.wiki, page.page), False)

    def _keeps(self, page: Found, seen: _Seen) -> bool:
        left_out = self._refuses and page.wiki in seen.silent
        return seen.stands.get((page.wiki, page.page), not left_out)

    def _told(self, said: Result, seen: _Seen) -> Result:
        if self._refuses and seen.silent and isinstance(said, NoAnswer):
            return replace(said, reason=Reason.UNCHECKED, text=REFUSAL)
        unsure = {source.wiki for source in _named(said) if not self._is_sure(source, seen)}
        if not unsure:
            return said
        passes = [self._last_pass(wiki) for wiki in sorted(unsure)]
        known = [moment for moment in passes if moment is not None]
        return replace(said, unchecked=Unchecked(min(known) if len(known) == len(passes) else None))

    def _look(self, sources: Collection[Source], reader: Reader, until: float, seen: _Seen) -> None:
        cited: dict[str, dict[str, str]] = {}
        for source in sources:
            cited.setdefault(source.wiki, {})[source.page] = source.revision
        asked = {wiki: self._ask(wiki, pages) for wiki, pages in cited.items()}
        wait(filter(None, asked.values()), max(0.0, until - self._clock()))
        for wiki, answer in asked.items():
            standing = _answered(wiki, answer)
            if standing is None:
                seen.silent.add(wiki)
                continue
            for page in cited[wiki]:
                stands = page in standing and standing[page].admits(reader)
                seen.stands[wiki, page] = stands
                if not stands:
                    log.info("Page %s of %s no longer stands for a reader: left out", page, wiki)

    def _ask(self, wiki: str, pages: Mapping[str, str]) -> Future[Standing] | None:
        """Under way in a thread of its own; None while too many are. A daemon, which no
        pool's threads are: the process must be able to end while a wiki hangs."""
        if not self._places[wiki].acquire(blocking=False):
            return None
        answer: Future[Standing] = Future()
        Thread(
            target=self._stand, args=(wiki, pages, answer), name=f"checking-{wiki}", daemon=True
        ).start()
        return answer

    def _stand(self, wiki: str, pages: Mapping[str, str], answer: Future[Standing]) -> None:
        try:
            try:
                standing = self._lookouts[wiki].standing(pages)
            finally:
                self._places[wiki].release()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(error)
        else:
            answer.set_result(standing)


def _named(said: Result) -> tuple[Source, ...]:
    return said.nearest if isinstance(said, NoAnswer) else said.sources


def _answered(wiki: str, answer: Future[Standing] | None) -> Standing | None:
    """None if the wiki did not, in time."""
    if answer is None or not answer.done():
        log.warning("%s does not answer in time whether cited pages still stand", wiki)
        return None
    try:
        return answer.result()
    except WikiUnavailable as error:
        log.warning("%s does not say whether cited pages still stand: %s", wiki, error)
        return None
