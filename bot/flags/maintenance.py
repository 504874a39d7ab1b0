"""Background work, every few seconds: check the pages that answers cite, and handle flags,
retractions, reminders and digests that are due."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.conversation.model import ANYBODY, Closed, Notice, RecordedAnswer
from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.conversation.posting import Redrawing
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, LockTaken, StateUnavailable
from footnote_bot.bot.flags import texts
from footnote_bot.bot.flags.announcing import Announcements
from footnote_bot.bot.flags.content import Reminder, WaitingFlag
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Cited, End, Flag, FlagPeriods, question_of
from footnote_bot.bot.flags.ports import CitedPages, FlagChat, FlagDirectory, WrittenAnswers
from footnote_bot.bot.flags.service import FlagService
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.ports import Library
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.model import Acl, KnownPage, Principal, Reader

logger = logging.getLogger(__name__)

_LATE = timedelta(minutes=10)
"""Longest time from the end of a pass to its record."""
_MAINTENANCE = "(upkeep)"
"""The lock's name, which no wiki has."""
_NOTIFYING_EVERY = timedelta(minutes=10)
RETRACTED = Notice(texts.RETRACTED, (texts.ASK_AGAIN,))


class Passes(Protocol):
    """The part of `bot.operations.passes.PassLog` that is read here. Any process may write it."""

    async def since(self, when: datetime) -> Sequence[Pass]: ...


@dataclass(slots=True)
class Maintenance:
    """The background work. ``every``: seconds between two rounds."""

    cited: CitedPages
    written: WrittenAnswers
    passes: Passes
    library: Library
    feedback: Feedback
    service: FlagService
    directory: FlagDirectory
    chat: FlagChat
    redrawing: Redrawing
    post_digest: Callable[[], Awaitable[None]]
    announcements: Announcements
    clock: Callable[[], datetime]
    every: float
    periods: FlagPeriods
    locks: Locks
    _started: datetime | None = None
    _caught_up: bool = False
    """Whether what changed while no bot ran was checked; a database or index may be away then."""
    _handled: set[tuple[str, datetime]] = field(default_factory=set)
    _notified: datetime | None = None
    """When notifications were last checked."""

    async def run_once(self) -> None:
        """Run a round, unless another process is running one. The failure of one step does not stop
        the others."""
        try:
            async with self.locks.hold(_MAINTENANCE, waiting=False):
                for work in (
                    self._check_citations,
                    self._process_due,
                    self.retract,
                    self._notify,
                    self.announcements.announce_due,
                ):
                    await _run_safely(work)
        except (LockTaken, StateUnavailable) as error:
            logger.debug("Not now: %s", error)

    async def _check_citations(self) -> None:
        """Check each wiki's cited pages after its passes, and end expired written answers."""
        now = self.clock()
        if self._started is None:
            self._started = now
            await _run_safely(self.announcements.warn_if_open)
        if not self._caught_up:
            # Handle rights that were narrowed while no bot ran. A missing page counts only after a
            # pass that ends after the start, because a new index may not be filled yet.
            for wiki in await self.cited.wikis():
                await self._check_wiki(wiki, whole=False)
            self._caught_up = True
        self._started = min(self._started, now)  # a clock that was ahead may be set back
        recent = await self.passes.since(now - _LATE)
        self._handled &= {(pass_.wiki, pass_.began) for pass_ in recent}
        for pass_ in recent:
            if (pass_.wiki, pass_.began) not in self._handled and pass_.ended >= self._started:
                whole = pass_.complete and pass_.kind is PassKind.ALL_PAGES
                await self._check_wiki(pass_.wiki, whole=whole)
                self._handled.add((pass_.wiki, pass_.began))
        for lapsed in await self.written.expired(now):
            await self._expire(lapsed)

    async def _check_wiki(self, wiki: str, *, whole: bool) -> None:
        """Check the cited pages of a wiki, and the written answers that rest on its pages.
        ``whole``: the index has the whole wiki, so a page that is not in it is gone."""
        since = self.clock() - self.periods.retracted_within
        pages: dict[str, KnownPage | None] = {}  # many answers cite the same page
        for citation in await self.cited.cited(wiki, since):
            if citation.page not in pages:
                pages[citation.page] = await asyncio.to_thread(
                    self.library.page, wiki, citation.page
                )
            indexed = pages[citation.page]
            if indexed is None:
                if whole:
                    await self._invalidate(citation, since)
            elif await self._is_lost(citation, indexed):
                await self._invalidate(citation, since)
            elif (indexed.revision, str(indexed.acl)) != (citation.revision, citation.acl):
                edited = indexed.revision != citation.revision  # else only its rights changed
                await self.cited.seen(citation, indexed, changed=edited)
        for answer in await self.written.valid(self.clock()):
            if await asyncio.to_thread(self._is_stale, answer, wiki, whole=whole):
                await self._expire(answer)

    async def _is_lost(self, cited: Cited, indexed: KnownPage) -> bool:
        """Return whether people who got the answer may no longer read the page. Unchanged rights
        admit the same people."""
        if str(indexed.acl) == cited.acl:
            return False
        return not indexed.acl.admits(await self._reader(cited, indexed.acl))

    async def _reader(self, cited: Cited, acl: Acl) -> Reader:
        """Return the reader the answer was shown to; anybody, if the page's ``acl`` admits all."""
        if acl.admits(ANYBODY) or (cited.open and not cited.private):
            return ANYBODY
        if not cited.private:
            return await self.directory.audience(cited.channel)
        reader = await self.directory.reader(cited.asker, private=True, shared=False)
        return Principal() if isinstance(reader, Closed) else reader

    async def _invalidate(self, cited: Cited, since: datetime) -> None:
        """Record that the page is gone or closed; by the settings, its answer is retracted."""
        retract_since = since if self.periods.retracted_within else None
        await self.cited.invalidate(cited, retract_since)

    def _is_stale(self, answer: WrittenAnswer, wiki: str, *, whole: bool) -> bool:
        """Return whether a page of ``wiki`` that it cites was edited or, if ``whole``, is gone."""
        for source, before in zip(answer.sources, answer.fingerprints, strict=True):
            if source.wiki == wiki:
                current = self.library.fingerprint(source.wiki, source.page)
                if current != before and (current or whole):
                    return True
        return False

    async def _expire(self, answer: WrittenAnswer) -> None:
        """End a written answer that lapsed, and record that in its flag's history."""
        now = self.clock()
        if not await self.written.end(answer.id, End.LAPSED, "", now):
            return
        if answer.flag is not None:
            await self.feedback.store.lapsed(answer.flag, now)

    async def _process_due(self) -> None:
        for flag in await self.feedback.store.due():
            await _run_safely(partial(self.service.process_due, flag.id, waiting=False))

    async def _notify(self) -> None:
        """Send reminders and digests, and check again who is an admin."""
        now = self.clock()
        # A last time in the future does not count: a clock that was ahead may be set back.
        if self._notified is None or not timedelta() <= now - self._notified < _NOTIFYING_EVERY:
            self._notified = now
            for work in (self._check_authors, self.remind, self.post_digest):
                await _run_safely(work)

    async def retract(self) -> None:
        """Retract all posted answers whose pages are gone, or closed to people who read the
        answers. The replacement says nothing about these pages. If the chat is away, the rest
        waits. An edit can be repeated, so a retraction that may have happened is repeated."""
        for recorded in await self.cited.invalidated():
            try:
                await self._retract(recorded)
            except ChatUnavailable as error:
                logger.warning("The retraction of answer %d waits: %s", recorded.id, error)
                return
            if not await self.cited.retracted(recorded, self.clock()):
                # The question was answered again at the last moment, and this may have retracted
                # the new answer.
                await self.redrawing.draw(recorded)

    async def _retract(self, recorded: RecordedAnswer) -> None:
        """Replace the posted answer by a notice, if it must still be retracted."""
        parts = await self.chat.reply_parts(recorded)
        if not await self.cited.is_invalid(recorded):
            return
        try:
            await self.chat.replace_reply(recorded, parts, RETRACTED)
        except ChatRefused as error:
            logger.warning("Answer %d cannot be retracted: %s", recorded.id, error)
            return
        logger.info(
            "Answer %d was retracted: a page it cites was removed, restricted or withdrawn",
            recorded.id,
        )

    async def remind(self) -> None:
        """Send the due reminders of flags that wait too long: to the holder, else to the page's
        owner, else to the review channel. Each recipient gets at most one a day.

        Raises:
            ChatUnavailable: the rest follows another day.
        """
        after = self.periods.remind_after
        if not after:
            return
        waiting: dict[str, list[Flag]] = defaultdict(list)
        for flag in await self.feedback.waiting(after):
            if recipient := flag.holder or flag.owner or await self.service.channel_of(flag):
                waiting[recipient].append(flag)
        for recipient, flags in waiting.items():
            # Record it first: a lost reminder comes tomorrow, but a second one today annoys.
            if await self.feedback.may_remind(recipient):
                await self._remind(recipient, flags)

    async def _remind(self, recipient: str, flags: list[Flag]) -> None:
        """Send the recipient, a person or a channel, one reminder of these flags."""
        waiting = [
            WaitingFlag(
                await self.chat.address(flag.card.channel, flag.card.ts) if flag.card else "",
                question_of(flag.recorded),
                flag.complaint,
            )
            for flag in flags
        ]
        try:
            await self.chat.post(recipient, Reminder(tuple(waiting)))
        except ChatRefused as error:
            logger.warning("%s cannot be reminded of flags: %s", recipient, error)

    async def _check_authors(self) -> None:
        """Update which written answers are authorized: those from outside the configured review
        channels only while their author is an admin."""
        for answer in await self.written.valid(self.clock()):
            if answer.author and not self.service.channels.is_operators(answer.channel):
                by_admin = await self.directory.is_admin(answer.author)
                if by_admin != answer.by_admin:
                    await self.written.vouch(answer.id, by_admin=by_admin)
                    logger.warning(
                        "Written answer %d %s",
                        answer.id,
                        "counts" if by_admin else "no longer counts",
                    )


async def _run_safely(work: Callable[[], Awaitable[object]]) -> None:
    """Run ``work``; log its failure, so that the other work goes on."""
    try:
        await work()
    except StateUnavailable as error:
        logger.debug("Due work waits: %s", error)
    except (ChatUnavailable, IndexUnavailable) as error:
        logger.warning("Due work waits: %s", error)
    except Exception:
        # The edge of this task: due work stays due, and the next round tries again.
        logger.exception("Due work failed and will be tried again")
