"""Each message from the inbox gets one reply, which is edited or deleted with its question. The
reply itself is decided in `bot.conversation.decisions`; this module retries while the chat is away,
and apologises for a failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from footnote_bot.bot import request_ids
from footnote_bot.bot.conversation import incidents, texts
from footnote_bot.bot.conversation.decisions import Decisions
from footnote_bot.bot.conversation.model import (
    CountedBy,
    IncomingMessage,
    MessageKind,
    MessageState,
    Notice,
)
from footnote_bot.bot.conversation.ports import Chat, Inbox, Observer, StatusLine
from footnote_bot.bot.conversation.posting import NotOurs, Posting
from footnote_bot.bot.errors import (
    AskerForgotten,
    BotError,
    ChatRefused,
    ChatUnavailable,
    StateRefused,
    StateUnavailable,
    ThreadGone,
)
from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.indexers.backoff import growing_pauses
from footnote_bot.indexers.errors import IndexUnavailable

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""How often the work on one message begins before it counts as failed."""
GIVE_UP = 3600.0
"""Seconds that a message waits for the chat or the search to come back."""
LONGEST_PAUSE = 30.0
WAITS = Notice(texts.WAITS_FOR_SEARCH)
_ALL = 1_000_000
_MINUTE = timedelta(minutes=1)


class SearchOutage:
    """Answering that notices when the index is away. From then on it fails at once, so that nobody
    waits for a server that hangs, until ``check`` returns no problem. ``clock`` returns seconds."""

    def __init__(
        self, answering: Answering, check: Callable[[], str], clock: Callable[[], float]
    ) -> None:
        self._answering = answering
        self._check = check
        self._clock = clock
        self._problem = ""
        self._away_since: float | None = None
        self._works = False

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer the question. Raises: IndexUnavailable: at once while the index is away."""
        if self._problem:
            raise IndexUnavailable(self._problem)
        try:
            result = self._answering.answer(question, on_text)
        except IndexUnavailable as error:
            self._problem, self._works = str(error), False
            if self._away_since is None:
                self._away_since = self._clock()
                logger.error("%s Questions wait until it can be searched.", error)  # noqa: TRY400
            raise
        away_since, self._away_since, self._works = self._away_since, None, True
        if away_since is not None:
            logger.warning("Searches work again, after about %.0f s", self._clock() - away_since)
        return result

    def retries(self) -> int:
        """Return how many waiting questions to try now: none while the index is away; one, to see
        whether it can be searched again; then all. This may block."""
        if self._problem and not self._check():
            self._problem = ""
        if self._problem:
            return 0
        return _ALL if self._works else 1


class QuestionLimits(Protocol):
    """The limits of the questions of a person and of a channel within a minute. 0: no limit."""

    @property
    def person_minute(self) -> int: ...

    @property
    def channel_minute(self) -> int: ...


async def refusal_of(limits: QuestionLimits, message: IncomingMessage, inbox: Inbox) -> str | None:
    """Return the rate-limit message, or None if under the limits. Empty: an earlier question was
    already answered with it. The inbox counts, so restarts and several processes count correctly.

    Raises:
        StateUnavailable
    """
    for limit, scope, words in (
        (limits.person_minute, CountedBy.PERSON, texts.person_limit),
        (limits.channel_minute, CountedBy.CHANNEL, texts.channel_limit),
    ):
        if limit:
            accepted, refused = await inbox.questions_before(message, scope, _MINUTE)
            if accepted >= limit:
                return "" if refused else words(limit)
    return None


class GaveUp(BotError):
    pass


@dataclass(frozen=True, slots=True)
class Replies:
    inbox: Inbox
    decisions: Decisions
    posting: Posting
    chat: Chat
    status: StatusLine
    monotonic: Callable[[], float]
    """Returns seconds by a clock that nobody sets: a correction of the time is no long wait."""
    new_incident: Callable[[], str]
    observer: Observer
    limits: Callable[[], QuestionLimits] | None = None
    """Returns the limits of questions, which may change while the bot runs; None: no limits."""
    first_pause: float = 1.0
    """Seconds before the second try while the chat is away."""
    search: SearchOutage | None = None
    """Without it no question waits for the index."""

    def expect(self, message: IncomingMessage) -> None:
        """Show the status line before the message's turn comes, if it is certainly for the bot."""
        if message.is_addressed and not message.deleted:
            self.status.begin(message)

    async def reply(self, message: IncomingMessage) -> None:
        """Work on the message until it is replied to, or never will be."""
        with request_ids.request(request_ids.id_of(message.team, message.channel, message.ts)):
            try:
                await self._handle(message)
            finally:
                await self.status.end(message)

    async def _handle(self, message: IncomingMessage) -> None:
        """Claim the message, reply to it, and record how it ended."""
        try:
            claimed = await self.inbox.claim(message.id)
            limits = self.limits() if self.limits else None
            refusal = await refusal_of(limits, message, self.inbox) if limits else None
        except StateUnavailable as error:
            # Not begun, so no apology is due: it is submitted again later.
            logger.debug("Message %s was not started: %s", message.ts, error)
            return
        if claimed is None:
            return
        try:
            state = await self._reply_patiently(claimed, refusal)
        except (NotOurs, AskerForgotten):
            logger.info(
                "Message %s was edited, deleted or stopped, or another process owns it", message.ts
            )
            await self._remove_orphans(claimed)
        except ThreadGone:
            # Deleted just before the reply was posted; the event of the deletion is still to come.
            logger.info("Message %s was deleted before its reply was posted", message.ts)
            await self._finish(claimed, MessageState.DONE)
            self.observer.ended(claimed, MessageState.DONE)
        except StateRefused as error:
            await self._fail(claimed, error)
        except StateUnavailable as error:
            # Not finished, so it is submitted again soon, a few times at most: see MOST_ATTEMPTS.
            logger.debug("The work on message %s was interrupted: %s", message.ts, error)
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the person is told
            await self._fail(claimed, error)
        else:
            if state is not MessageState.WAITING:
                await self._end(claimed, state, refused=refusal is not None)

    async def _reply_patiently(self, message: IncomingMessage, refusal: str | None) -> MessageState:
        """Reply to the message. While the chat is away, try again until `GIVE_UP`."""
        if message.attempts > MOST_ATTEMPTS:
            raise GaveUp(f"not finished in {MOST_ATTEMPTS} attempts")
        began = self.monotonic()
        pauses = growing_pauses(self.first_pause, LONGEST_PAUSE)
        while True:
            try:
                return await self.decisions.reply(message, refusal)
            except ChatUnavailable as error:
                if self.monotonic() - began > GIVE_UP:
                    raise
                pause = next(pauses)
                logger.warning("%s; message %s waits %.0f s", error, message.ts, pause)
            except IndexUnavailable:
                if not (self.search and await self._postpone(message)):
                    raise
                return MessageState.WAITING
            await asyncio.sleep(pause)
            # An aborted call may have been carried out, or be carried out later.
            message = replace(message, attempts=message.attempts + 1)

    async def _postpone(self, message: IncomingMessage) -> bool:
        """Tell the author that the question waits, if they asked the bot, and leave it in the inbox
        until the index can be searched. Return False if it has waited too long."""
        try:
            if message.kind is not MessageKind.UNASKED:
                await self.posting.put(message, WAITS, await self.chat.posted(message))
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("The author of %s was not told that it waits: %s", message.ts, error)
        return await self.inbox.postpone(message, timedelta(seconds=GIVE_UP))

    async def _end(self, message: IncomingMessage, state: MessageState, *, refused: bool) -> None:
        """Record that the message is done or, over the rate limit, refused."""
        await self._finish(message, MessageState.REFUSED if refused else MessageState.DONE)
        self.observer.ended(message, state)
        if message.begun_before:
            await self._remove_orphans(message)

    async def _finish(self, message: IncomingMessage, state: MessageState) -> None:
        """Record the state of a finished message, if the database is there."""
        try:
            await self.inbox.finish(message, state)
        except StateUnavailable as error:
            # The reply is posted; the message is submitted again later, and the reply found and
            # edited.
            logger.debug("Message %s could not be marked as done: %s", message.ts, error)

    async def _remove_orphans(self, message: IncomingMessage) -> None:
        """Delete what is posted as a reply to a message that has none. A process that was taken for
        dead may have posted it after the new owner looked for such messages: whichever is later
        deletes it."""
        try:
            if await self.inbox.has_no_reply(message):
                await self.chat.remove(message, await self.chat.posted(message))
        except (ChatRefused, ChatUnavailable, StateUnavailable) as error:
            logger.warning("A late reply to %s may have stayed: %s", message.ts, error)

    async def _fail(self, message: IncomingMessage, error: Exception) -> None:
        """Post an apology in place of the answer, if the bot was asked, and log the error; the
        person sees nothing of it. A deleted message waits on."""
        if message.deleted and isinstance(error, ChatUnavailable):
            # Its answer must go, so it is submitted again soon, a few times: see MOST_ATTEMPTS.
            logger.warning("%s; message %s, which was deleted, still waits", error, message.ts)
            return
        incident = self.new_incident()
        incidents.note(incident, f"message {message.ts} in {message.channel}", error)
        try:
            if message.kind is MessageKind.UNASKED:
                # Nobody waits for an answer, and everybody would read the apology.
                await self.posting.check_is_ours(message)
                await self.chat.remove(message, await self.chat.posted(message))
            elif not message.deleted:
                await self._say_sorry(message, incident, error)
        except NotOurs:
            return
        except StateUnavailable as state_error:
            # Not finished, so it is submitted again later.
            logger.debug("Incident %s: the person has not been told yet: %s", incident, state_error)
            return
        except (ChatRefused, ChatUnavailable):
            logger.exception("Incident %s: the person could not be told, either", incident)
        await self._finish(message, MessageState.FAILED)
        self.observer.ended(message, MessageState.FAILED)

    async def _say_sorry(self, message: IncomingMessage, incident: str, failure: Exception) -> None:
        """Post the apology in the thread, or send it to the author if the bot may not write."""
        began = self.monotonic()
        for pause in growing_pauses(self.first_pause, LONGEST_PAUSE):
            try:
                posted = await self.chat.posted(message)
                await self.posting.put(message, incidents.sorry(incident, failure), posted)
            except ThreadGone:
                raise
            except ChatRefused as error:
                logger.warning("Incident %s: the author is told directly: %s", incident, error)
                await self.chat.write_to(message.person, incidents.not_there(incident))
                return
            except ChatUnavailable:
                if self.monotonic() - began > GIVE_UP:
                    raise
                await asyncio.sleep(pause)
            else:
                return
