"""A person chooses one reading of an ambiguous question, by a button or in words, and the bot
answers it.

The inbox treats a choice by button as a message like any question: its ts is that of the message
with the buttons, and its edit that of the ambiguous question. So it survives a restart, and the
inbox takes it once for each wording, however often somebody presses the button.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import (
    CHOICE_OF,
    LOST,
    AnswerContent,
    Choice,
    Chosen,
    IncomingMessage,
    MessageKind,
    Notice,
    Press,
    RecordedAnswer,
)
from footnote_bot.bot.conversation.ports import Answers, Chat, Directory, Inbox, MessageText
from footnote_bot.bot.conversation.readings import reading_named
from footnote_bot.bot.conversation.redrawing import Redrawing
from footnote_bot.bot.conversation.workers import Workers
from footnote_bot.bot.model import Clarify, Reading, Source

logger = logging.getLogger(__name__)

FORGOTTEN = Notice(texts.CHOICE_FORGOTTEN)
CHOSEN = Notice(texts.ALREADY_CHOSEN)


@dataclass(frozen=True, slots=True)
class AskedBack:
    """The clarifying questions that the bot asked in threads."""

    answers: Answers
    inbox: Inbox
    directory: Directory
    redrawing: Redrawing

    async def is_current(self, message: IncomingMessage) -> bool:
        """Return False for a choice by button whose clarifying question is gone, or was asked about
        other words."""
        if not message.is_choice:
            return True
        id_ = int(message.event.removeprefix(CHOICE_OF))
        choosing = await self.choosing(id_)
        return choosing is not None and choosing.message.edited == message.edited

    async def choosing(self, id_: int) -> Choosing | None:
        """Return the clarifying question that is the answer ``id_``. None if it is forgotten or
        retracted, as it is when the ambiguous question is edited or deleted."""
        before = await self.answers.recorded(id_)
        if before is None:
            return None
        place = before.asked.place
        message = await self.inbox.received(place.team, place.channel, place.ts)
        # Read last: if it is valid now, it belongs to the message as it was then.
        recorded = await self.answers.recorded(id_)
        if message is None or recorded is None or recorded.retracted:
            return None
        if not isinstance(recorded.answer, Clarify):
            return None
        return Choosing(recorded, recorded.answer.readings, message)

    async def resolve_choice(
        self, message: IncomingMessage, words: str
    ) -> tuple[str, Choice | None]:
        """Return the question that ``words`` ask, and the choice that led to it, if any. If they
        choose a reading that the bot offered in the message's thread, it is the question, and the
        choice replaces the buttons; otherwise the words themselves are the question."""
        if message.is_choice:
            pressed = await self.answers.recorded(int(message.event.removeprefix(CHOICE_OF)))
            return words, await self._choice(pressed, words)
        if message.thread == message.ts:
            return words, None
        recorded = await self.answers.asked_back(message.team, message.channel, message.thread)
        if recorded is None or recorded.retracted or not isinstance(recorded.answer, Clarify):
            return words, None
        if recorded.asked.private and recorded.asked.asker != message.person:
            # Its readings name pages that perhaps only the asker may read.
            return words, None
        reading = await asyncio.to_thread(reading_named, words, recorded.answer.readings)
        if reading is None:
            return words, None
        choice = await self._choice(recorded, reading.question)
        await self.settle(recorded, reading, message.person)
        return reading.question, choice

    async def _choice(self, recorded: RecordedAnswer | None, question: str) -> Choice:
        """Return the choice of the reading that asks ``question``. It is stored with the answer,
        because the clarifying question may be edited or forgotten before the answer is."""
        if recorded is None or not isinstance(recorded.answer, Clarify):
            return LOST
        readings = recorded.answer.readings
        chosen = [reading.source for reading in readings if reading.question == question]
        own, before = before_choice(recorded, await self.answers.earlier(recorded))
        pages = chosen or [reading.source for reading in readings]
        return Choice(own.asked.question, own.asked.asker, (*pages, *before))

    async def settle(self, recorded: RecordedAnswer, reading: Reading, person: str) -> None:
        """Replace the buttons with the choice. If the chat refuses, they stay, which does no
        harm."""
        by = "" if recorded.asked.private else await self.directory.name(person)

        def choose(content: AnswerContent) -> AnswerContent:
            if content.recorded.answer != recorded.answer:
                return content
            return replace(content, chosen=Chosen(reading, by))

        await self.redrawing.draw(recorded, choose)


@dataclass(frozen=True, slots=True)
class Choices:
    """The buttons of clarifying questions."""

    asked_back: AskedBack
    directory: Directory
    inbox: Inbox
    workers: Workers
    chat: Chat
    text: MessageText

    async def pressed(self, press: Press) -> None:
        id_, _, number = press.value.partition(":")
        person, channel = press.person, press.channel
        if not await self.directory.is_in(person, channel):
            logger.info("%s chose in %s, but is not in that channel: ignored", person, channel)
            return
        choosing = await self.asked_back.choosing(int(id_))
        if choosing is None or not 0 < int(number) <= len(choosing.readings):
            await self.chat.post_privately(channel, person, FORGOTTEN)
            return
        reading = choosing.readings[int(number) - 1]
        if not (ts := await self._ts_of_choice(choosing, press)):
            await self.chat.post_privately(channel, person, FORGOTTEN)
            return
        # A quick click may arrive before the message's ts is recorded.
        recorded = replace(choosing.recorded, message=ts)
        question = replace(
            choosing.message,
            event=f"{CHOICE_OF}{recorded.id}",
            kind=MessageKind.DIRECT
            if choosing.message.kind is MessageKind.DIRECT
            else MessageKind.MENTION,
            ts=recorded.message,
            person=person,
            text=self.text.written(reading.question),
        )
        stored = await self.inbox.receive(question)
        if stored is None:
            await self.chat.post_privately(channel, person, CHOSEN, question.thread)
            return
        self.workers.submit(stored, anew=stored.changed)
        await self.asked_back.settle(recorded, reading, person)

    async def _ts_of_choice(self, choosing: Choosing, press: Press) -> str:
        """Return the ts under which the choice is asked: that of the message with the buttons.
        Empty if the person may not see that message, or pressed another one."""
        recorded, ts = choosing.recorded, press.message
        if not await self.directory.may_see(press.person, recorded):
            return ""
        if await self.chat.carries(press.channel, ts, recorded):
            return ts
        # A chat keeps no copy of an ephemeral message, so its ts proves nothing: another message
        # may have it. No message has the ts right after the question's.
        is_ephemeral = recorded.asked.private and not recorded.message and not press.direct
        return _next_ts(recorded.asked.place.ts) if is_ephemeral else ""


def _next_ts(ts: str) -> str:
    seconds, _, fraction = ts.partition(".")
    microseconds = int(fraction or 0) + 1
    return f"{int(seconds) + microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


@dataclass(frozen=True, slots=True)
class Choosing:
    """A clarifying question that waits for a choice. ``message`` is the ambiguous question: where
    it was asked, its current words, and who can read it there."""

    recorded: RecordedAnswer
    readings: tuple[Reading, ...]
    message: IncomingMessage


def before_choice(
    recorded: RecordedAnswer, earlier: Sequence[RecordedAnswer]
) -> tuple[RecordedAnswer, list[Source]]:
    """Return the question in the person's own words, and the pages that the words of the chosen
    reading come from. Without a choice these are ``recorded`` and no page. The question is empty
    if the person's own words are forgotten. ``earlier`` are the answers before it in its thread,
    oldest first."""
    own, pages = recorded, list[Source]()
    for previous in reversed(earlier):
        readings = previous.answer.readings if isinstance(previous.answer, Clarify) else ()
        chosen = [reading.source for reading in readings if reading.question == own.asked.question]
        if chosen:
            own, pages = previous, [*pages, *chosen]
    if (choice := own.asked.choice) is None:
        return own, pages
    asked = replace(own.asked, question=choice.question, asker=choice.asker, choice=None)
    return replace(own, asked=asked), [*pages, *choice.pages]
