"""Use case: the statistics that owners of wikis need, and the questions that their wikis did not
answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Flagged, Often, Volume, is_stale
from footnote_bot.bot.flags.ports import Figures, FlagDirectory
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source
from footnote_bot.bot.operations.ports import Operating
from footnote_bot.bot.ports import Library
from footnote_bot.indexers.model import Reader

LATELY = timedelta(days=30)
WEEK = timedelta(days=7)
STALE_AFTER = timedelta(days=365)
"""The default age from which an often cited page is shown to admins as old."""
_OFTEN = 3
"""Answers within `LATELY` from which a page counts as often cited."""
_MOST_CITED = 50
"""Most pages that are checked."""
_ALIKE = 0.5
"""The share of common words that makes two questions similar."""


@dataclass(slots=True)
class Gap:
    """Questions that ask the same, the latest last."""

    asked: list[RecordedAnswer] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    @property
    def latest(self) -> RecordedAnswer:
        return self.asked[-1]


def gaps(unanswered: Iterable[RecordedAnswer], roots: Callable[[str], frozenset[str]]) -> list[Gap]:
    """Group similar questions, and return the groups, the largest first and then the latest.
    ``roots`` returns the content words of a question, stemmed."""
    groups: list[Gap] = []
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for recorded in unanswered:
        words = roots(recorded.asked.question)
        keys = words or {""}
        # Questions without a common word are not similar, and there may be thousands.
        candidates = sorted({number for word in keys for number in with_word[word]})
        best = max(
            candidates, key=lambda number: _jaccard(groups[number].words, words), default=None
        )
        if best is None or _jaccard(groups[best].words, words) < _ALIKE:
            best = len(groups)
            groups.append(Gap(words=words))
            for word in keys:
                with_word[word].append(best)
        groups[best].asked.append(recorded)
    return sorted(groups, key=lambda gap: (-len(gap.asked), -gap.latest.id))


def still_open(gap: Gap, result: Result) -> NoAnswer | None:
    """Return the current answer to show for a gap; None if the wiki answers it now. If a model
    read the pages and said that they do not answer, the bot still quotes them, so quotes close the
    gap only if a quoted page was edited since."""
    if isinstance(result, NoAnswer):
        return result
    denied = gap.latest.answer
    if not (isinstance(denied, Answer) and denied.denial and isinstance(result, Answer)):
        return None
    since = gap.latest.answered.date()
    if any(source.updated and source.updated > since for source in result.sources):
        return None
    nearest = tuple(replace(source, quote="") for source in result.sources)
    return NoAnswer(Reason.NOTHING_FITS, "", nearest, result.confidence)


def _jaccard(words: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that both have; 1.0 if neither has any."""
    union = words | other
    return len(words & other) / len(union) if union else 1.0


@dataclass(frozen=True, slots=True)
class Insights:
    """Statistics for the owners of wikis. A page is stale if nobody edited it for longer than
    ``stale_after``. ``roots`` is as in `gaps`. The ``executor`` runs slow work.

    Raises:
        StateUnavailable, IndexUnavailable: from any method.
    """

    feedback: Feedback
    directory: FlagDirectory
    figures: Figures
    operating: Operating
    library: Library
    roots: Callable[[str], frozenset[str]]
    executor: Executor
    clock: Callable[[], datetime]
    stale_after: timedelta

    async def volume(self, span: timedelta) -> Volume:
        """Return the numbers of questions, answers and verdicts of the last ``span``."""
        return await self.figures.volume(self.clock() - span)

    async def flagged(self, span: timedelta) -> Flagged:
        return await self.figures.flagged(self.clock() - span)

    async def failing(self) -> list[str]:
        """Return the wikis whose last sync or last full sync stopped early, or whose last full sync
        failed at a page."""
        rows = (await asyncio.to_thread(self.operating.status))["wikis"]
        return [name for name, row in rows.items() if row["error"] or row["failed"]]

    async def unanswered(self, span: timedelta) -> tuple[list[RecordedAnswer], int]:
        """Return the questions that the wiki did not answer, oldest first, and the number of those
        left out. Only questions from channels that are public now are shown.

        Raises:
            ChatUnavailable: the chat cannot say now which channels are public.
        """
        recorded = await self.feedback.store.unanswered(self.clock() - span)
        # Answers in a private channel are open, too, if its members' own rights do not count.
        channels = {answer.asked.place.channel for answer in recorded if answer.asked.open}
        public = {id_ for id_ in channels if await self.directory.is_public(id_)}
        shown = [
            answer
            for answer in recorded
            if answer.asked.open and answer.asked.place.channel in public and answer.asked.question
        ]
        return shown, len(recorded) - len(shown)

    async def gaps(
        self, unanswered: Sequence[RecordedAnswer], most: int
    ) -> list[tuple[Gap, NoAnswer]]:
        """Return up to ``most`` of the commonest gaps, with the result that everyone gets now: an
        answer may exist by now. At most half as many more are asked again, because somebody
        waits."""
        return await beside(self.executor, self._gaps, unanswered, most)

    def _gaps(self, unanswered: Sequence[RecordedAnswer], most: int) -> list[tuple[Gap, NoAnswer]]:
        """Do the slow work of `gaps`."""
        current = [
            (gap, still_open(gap, self.operating.for_everyone(gap.latest.asked.question)))
            for gap in gaps(unanswered, self.roots)[: most * 3 // 2]
        ]
        return [(gap, result) for gap, result in current if result][:most]

    async def stale(self, reader: Reader, most: int) -> list[Often]:
        """Return often-cited pages that are outdated or old, as far as ``reader`` may read them
        now. A page that has changed since it was cited is not stale."""
        since = self.clock() - LATELY
        often = await self.figures.cited_often(since, at_least=_OFTEN, most=_MOST_CITED)
        return await beside(self.executor, self._stale, often, reader, most)

    def _stale(self, often: Sequence[Often], reader: Reader, most: int) -> list[Often]:
        """Return up to ``most`` pages of ``often`` that are stale and that the reader may read."""
        today = self.clock().date()
        stale = [
            page
            for page in often
            if is_stale(page.source, today, self.stale_after) and self._is_as_cited(page)
        ]
        shown = self.library.open_to(reader, [page.source for page in stale])
        pages = {(source.wiki, source.page) for source in shown}
        return [
            replace(page, source=_without_section(page.source))
            for page in stale
            if (page.source.wiki, page.source.page) in pages
        ][:most]

    def _is_as_cited(self, page: Often) -> bool:
        indexed = self.library.page(page.source.wiki, page.source.page)
        return indexed is not None and indexed.revision == page.source.revision


def _without_section(source: Source) -> Source:
    """Return the page, without a section."""
    return replace(source, heading="", url=source.url.partition("#")[0])
