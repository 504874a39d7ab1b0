"""Use case: the statistics that owners of wikis need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.background import beside
from bot.conversation.model import RecordedAnswer
from bot.flags.feedback import Feedback
from bot.flags.gaps import Gap, gaps, still_open
from bot.flags.model import Flagged, Often, Volume, is_stale
from bot.flags.ports import Figures, FlagDirectory
from bot.flags.questions import ReadableQuestions
from bot.model import NoAnswer, Source
from bot.operations.ports import Operating
from bot.ports import Library
from indexers.model import Reader

LATELY = timedelta(days=30)
WEEK = timedelta(days=7)
STALE_AFTER = timedelta(days=365)
"""The default age from which a page that is often cited is shown to admins as old."""
_OFTEN = 3
"""Answers within `LATELY` from which a page counts as often cited."""
_MOST_CITED = 50
"""Further pages are not looked at."""


@dataclass(frozen=True, slots=True)
class Insights:
    """Statistics for the owners of wikis. A page is stale if nobody edited it for longer than
    ``stale_after``. ``roots`` as in `bot.flags.gaps`. The ``executor`` runs slow work.

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

    @property
    def questions(self) -> ReadableQuestions:
        return ReadableQuestions(self.feedback, self.library, self.executor)

    async def volume(self, span: timedelta) -> Volume:
        return await self.figures.volume(self.clock() - span)

    async def flagged(self, span: timedelta) -> Flagged:
        return await self.figures.flagged(self.clock() - span)

    async def failing(self) -> list[str]:
        """Return the wikis whose last sync, or last full one, stopped early, or whose last full one
        failed at a page."""
        rows = (await asyncio.to_thread(self.operating.status))["wikis"]
        return [name for name, row in rows.items() if row["error"] or row["failed"]]

    async def unanswered(self, span: timedelta) -> tuple[list[RecordedAnswer], int]:
        """Return the questions that the wiki did not answer: those asked in channels that are
        public now, oldest first, in words that everybody may read, and the number of the others,
        which are shown to nobody.

        Raises:
            ChatUnavailable: it cannot be told now which channels are public.
        """
        found = await self.feedback.unanswered(self.clock() - span)
        # A private channel's answers are open, too, where its members' own rights do not count.
        channels = {one.asked.place.channel for one in found if one.asked.open}
        public = {id_ for id_ in channels if await self.directory.is_public(id_)}
        asked = [one for one in found if one.asked.open and one.asked.place.channel in public]
        readable = [await self.questions.readable(one) for one in asked]
        shown = [one for one in readable if one.asked.question]
        return shown, len(found) - len(shown)

    async def gaps(
        self, unanswered: Sequence[RecordedAnswer], most: int
    ) -> list[tuple[Gap, NoAnswer]]:
        """Return the commonest gaps, with what everyone gets now: an answer may exist by now. At
        most half as many more are asked again, because somebody waits."""
        return await beside(self.executor, self._gaps, unanswered, most)

    def _gaps(self, unanswered: Sequence[RecordedAnswer], most: int) -> list[tuple[Gap, NoAnswer]]:
        asked = [
            (gap, still_open(gap, self.operating.for_everyone(gap.latest.asked.question)))
            for gap in gaps(unanswered, self.roots)[: most * 3 // 2]
        ]
        return [(gap, result) for gap, result in asked if result][:most]

    async def stale(self, reader: Reader, most: int) -> list[Often]:
        """Return often-cited pages that are outdated or old, as far as ``reader`` may read them
        now. A page that has changed since it was cited is not stale."""
        since = self.clock() - LATELY
        often = await self.figures.cited_often(since, at_least=_OFTEN, most=_MOST_CITED)
        return await beside(self.executor, self._stale, often, reader, most)

    def _stale(self, often: Sequence[Often], reader: Reader, most: int) -> list[Often]:
        today = self.clock().date()
        found = [
            one
            for one in often
            if is_stale(one.source, today, self.stale_after) and self._is_as_cited(one)
        ]
        shown = self.library.open_to(reader, [one.source for one in found])
        pages = {(source.wiki, source.page) for source in shown}
        return [
            replace(one, source=_whole(one.source))
            for one in found
            if (one.source.wiki, one.source.page) in pages
        ][:most]

    def _is_as_cited(self, one: Often) -> bool:
        known = self.library.page(one.source.wiki, one.source.page)
        return known is not None and known.revision == one.source.revision


def _whole(source: Source) -> Source:
    """Return the page, without a section."""
    return replace(source, heading="", url=source.url.partition("#")[0])
