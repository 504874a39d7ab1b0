"""Each message from the inbox gets one reply, which is edited or deleted with its question. The
reply itself is decided in `bot.conversation.decisions`; this module retries while the chat is away,
and apologises for a failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from footnote_bot.bot import request_ids
from footnote_bot.bot.conversation import incidents, texts
from footnote_bot.bot.conversation.decisions import Decisions
from footnote_bot.bot.conversation.limits import QuestionLimits, refusal_of
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, MessageState, Notice
from footnote_bot.bot.conversation.ports import Chat, Inbox, Observer, StatusLine
from footnote_bot.bot.conversation.posting import NotOurs, Posting
from footnote_bot.bot.conversation.search_outage import SearchOutage
from footnote_bot.bot.errors import (
    AskerForgotten,
    BotError,
    ChatRefused,
    ChatUnavailable,
    StateRefused,
    StateUnavailable,
    ThreadGone,
)
from footnote_bot.indexers.backoff import growing_pauses
from footnote_bot.indexers.errors import IndexUnavailable

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""Starts of the process that one message may cost before it counts as failed."""
GIVE_UP = 3600.0
"""Seconds that a message waits for the chat or the search to come back."""
LONGEST_PAUSE = 30.0
WAITS = Notice(texts.WAITS_FOR_SEARCH)


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
        """Show the first sign before the message's turn comes, if it is certainly for the bot."""
        if message.kind in (MessageKind.MENTION, MessageKind.DIRECT) and not message.deleted:
            self.status.begin(message)

    async def reply(self, message: IncomingMessage) -> None:
        """Work on the message until it is replied to, or never will be."""
        with request_ids.request(request_ids.id_of(message.team, message.channel, message.ts)):
            try:
                await self._handle(message)
            finally:
                await self.status.end(message)

    async def _handle(self, message: IncomingMessage) -> None:
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
            if state is MessageState.WAITING:
                return
            refused = refusal is not None
            await self._finish(claimed, MessageState.REFUSED if refused else MessageState.DONE)
            self.observer.ended(claimed, state)

    async def _reply_patiently(self, message: IncomingMessage, refusal: str | None) -> MessageState:
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
        """Leave the question in the inbox until it can be searched for, and say so if the bot was
        asked. Return False if it has waited too long."""
        try:
            if message.kind is not MessageKind.UNASKED:
                await self.posting.put(message, WAITS, await self.chat.posted(message))
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("The author of %s was not told that it waits: %s", message.ts, error)
        return await self.inbox.postpone(message, timedelta(seconds=GIVE_UP))

    async def _finish(self, message: IncomingMessage, state: MessageState) -> None:
        try:
            await self.inbox.finish(message, state)
        except StateUnavailable as error:
            # The reply is posted; the message is submitted again later, and the reply found and
            # edited.
            logger.debug("Message %s could not be marked as done: %s", message.ts, error)

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
                await self.posting.hold(message)
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
