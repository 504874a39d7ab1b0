"""The reply to a message: posted once, and redrawn in place with verdicts.

A worker that takes a message again, after a restart, a lost connection or an edit, first asks the
chat which messages of the reply exist. So a reply that the chat accepted although the call failed
is not posted twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Content,
    IncomingMessage,
    Notice,
    RecordedAnswer,
    Tally,
)
from footnote_bot.bot.conversation.ports import Answers, Chat, Inbox, LiveReply, Posted
from footnote_bot.bot.errors import BotError, ChatRefused, ChatUnavailable

logger = logging.getLogger(__name__)


class NotOurs(BotError):
    """Another process owns this message, or it was edited, deleted or stopped."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Posting of replies. Methods that call the chat raise ChatUnavailable and ChatRefused, methods
    that call the inbox raise StateUnavailable."""

    inbox: Inbox
    chat: Chat

    async def check_is_ours(self, message: IncomingMessage) -> None:
        """Check that the message is still ours to answer.

        Raises:
            NotOurs
        """
        if not await self.inbox.holds(message):
            raise NotOurs

    async def is_deleted(self, message: IncomingMessage) -> bool:
        """Return whether the chat has told us that the message was deleted."""
        received = await self.inbox.received(message.team, message.channel, message.ts)
        return received is not None and received.deleted

    async def put(self, message: IncomingMessage, content: Content, posted: Posted) -> str:
        """Make ``content`` the whole reply, and return the id of its last message.

        Raises:
            NotOurs
        """
        return await self.chat.reply(message, content, posted, self.check_is_ours)

    def stream(self, message: IncomingMessage, posted: Posted) -> LiveReply | None:
        """Begin to show an answer while it is made; None if the chat shows answers at once."""
        return self.chat.stream(message, posted, self.check_is_ours)

    async def show_asker(self, message: IncomingMessage, content: Content) -> None:
        """Show the reply to the asker alone, in an ephemeral message. Nobody can look for it later,
        so the inbox records it first: see `may_have_been_seen`.

        Raises:
            NotOurs
            NotInChannel: the asker has left.
        """
        await self.inbox.note_ephemeral(message)
        await self.check_is_ours(message)
        await self.chat.post_privately(message.channel, message.person, content, message.within)

    async def may_have_been_seen(self, message: IncomingMessage) -> bool:
        """Return whether the asker may have seen their reply."""
        return await self.inbox.had_ephemeral(message)


Change = Callable[[AnswerContent], AnswerContent]


@dataclass(frozen=True, slots=True)
class Redrawing:
    """Answers redrawn in place. Other tasks may redraw the same answer at the same time, and its
    question may be edited or deleted. The last writer may have the oldest state, so each reads the
    answer again after drawing."""

    answers: Answers
    chat: Chat

    async def draw(
        self, recorded: RecordedAnswer, change: Change = lambda content: content
    ) -> None:
        """Draw the answer as it is now; nothing, if it is not valid any more. If the chat refuses
        or is away, it stays as it is."""
        drawn: tuple[RecordedAnswer, Tally] | None = None
        while (current := await self._read(recorded)) and current != drawn:
            latest, tally = current
            if latest.retracted and drawn is None:
                return
            try:
                id_ = latest.message or recorded.message
                await self.chat.redraw(recorded, id_, _content(latest, tally, change))
            except (ChatRefused, ChatUnavailable) as error:
                logger.info("Answer %d could not be redrawn: %s", recorded.id, error)
                return
            drawn = current

    async def _read(self, recorded: RecordedAnswer) -> tuple[RecordedAnswer, Tally] | None:
        """Return the answer as it is now, with its tally; None if it is forgotten."""
        latest = await self.answers.recorded(recorded.id)
        if latest is None:
            return None
        tally = await self.answers.tally(recorded.id)
        return latest, tally


def _content(recorded: RecordedAnswer, tally: Tally, change: Change) -> Content:
    """Return what to draw: a retracted answer is replaced by a notice."""
    if recorded.retracted:
        return Notice(texts.RETRACTED)
    return change(AnswerContent(recorded, tally))
