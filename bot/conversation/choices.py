"""Somebody chooses what a question meant, and that is asked: by a button, or in words.

A choice by button is a letter like any question, as if the message with the buttons had
asked it, and as old as the wording that it chose from. So it outlives a restart, and the inbox
takes it once for each wording, however often it is pressed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import IncomingMessage, MessageKind, RecordedAnswer
from bot.conversation.redrawing import Redrawing
from bot.conversation.workers import Workers
from bot.feedback.feedback import Feedback
from bot.model import Clarify, Reading
from bot.slack.calling.web import Voice
from bot.slack.events.parsing import written
from bot.slack.rights.people import People
from bot.slack.rights.viewers import Viewers
from bot.slack.writing import readings
from bot.slack.writing.message import Message, say
from bot.state.inbox import Inbox

logger = logging.getLogger(__name__)

_EVENT = "choice-of-"
"""Begins the event of a choice by button; the id of the question in return follows."""
FORGOTTEN = say("I no longer know what was asked here. Please ask again.")
CHOSEN = say("This was chosen already. To ask for another, reply with its number.")


@dataclass(frozen=True, slots=True)
class AskedBack:
    """The questions in return that stand in threads."""

    feedback: Feedback
    inbox: Inbox
    people: People
    voice: Voice
    redrawing: Redrawing

    async def stands(self, letter: IncomingMessage) -> bool:
        """Whether what it chose from is asked there yet, if it is a choice by button."""
        if not letter.event.startswith(_EVENT):
            return True
        id_ = int(letter.event.removeprefix(_EVENT))
        choosing = await asyncio.to_thread(self.choosing, id_)
        return choosing is not None and choosing.letter.edited == letter.edited

    def choosing(self, id_: int) -> Choosing | None:
        """The question in return that is the answer ``id_``. None if it is forgotten, or taken
        back, as it is when the question that said too little is edited or deleted. Blocks for a
        moment."""
        before = self.feedback.given(id_)
        if before is None:
            return None
        place = before.asked.place
        letter = self.inbox.received(place.team, place.channel, place.ts)
        # Looked at last: if it stands now, it is of the letter as it was then.
        given = self.feedback.given(id_)
        if letter is None or given is None or given.retracted:
            return None
        if not isinstance(given.answer, Clarify):
            return None
        return Choosing(given, given.answer.readings, letter)

    async def meant(self, letter: IncomingMessage, words: str) -> str:
        """What ``words`` ask: those of a reading if they choose one that the letter's
        thread was asked for, else themselves."""
        if letter.thread == letter.ts:
            return words
        given = await asyncio.to_thread(
            self.feedback.asked_back, letter.team, letter.channel, letter.thread
        )
        if given is None or given.retracted or not isinstance(given.answer, Clarify):
            return words
        if given.asked.private and given.asked.asker != letter.person:
            # Its readings name pages that only whoever was asked may be allowed to read.
            return words
        reading = readings.meant(words, given.answer.readings)
        if reading is None:
            return words
        await self.settle(given, reading, letter.person)
        return reading.question

    async def settle(self, given: RecordedAnswer, reading: Reading, person: str) -> None:
        """The buttons give way to the choice. Where Slack does not take that, they stay,
        and do no harm."""
        by = "" if given.asked.private else await self.people.name(person)

        def choose(now: RecordedAnswer, message: Message) -> Message:
            return readings.chosen(message, reading, by) if now.answer == given.answer else message

        await self.redrawing.draw(given, choose)


@dataclass(frozen=True, slots=True)
class Choices:
    """The buttons."""

    asked_back: AskedBack
    viewers: Viewers
    inbox: Inbox
    workers: Workers

    async def pressed(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        id_, _, number = str(body["actions"][0]["value"]).partition(":")
        person, channel = body["user"]["id"], body["channel"]["id"]
        voice = self.asked_back.voice
        if not await self.viewers.is_in(person, channel):
            logger.info("%s chose in %s without being in it: nothing is asked", person, channel)
            return
        choosing = await asyncio.to_thread(self.asked_back.choosing, int(id_))
        if choosing is None or not 0 < int(number) <= len(choosing.readings):
            await voice.whisper(channel, person, FORGOTTEN)
            return
        reading = choosing.readings[int(number) - 1]
        if not (ts := await self._asked_at(choosing, body, person)):
            await voice.whisper(channel, person, FORGOTTEN)
            return
        # A quick click may be here before the message's ts is written down.
        shown = replace(choosing.given, message=ts)
        asks = replace(
            choosing.letter,
            event=f"{_EVENT}{shown.id}",
            kind=MessageKind.DIRECT
            if choosing.letter.kind is MessageKind.DIRECT
            else MessageKind.MENTION,
            ts=shown.message,
            person=person,
            text=written(reading.question),
        )
        kept = await asyncio.to_thread(self.inbox.receive, asks)
        if kept is None:
            await voice.whisper(channel, person, CHOSEN, asks.thread)
            return
        self.workers.submit(kept, anew=kept.changed)
        await self.asked_back.settle(shown, reading, person)

    async def _asked_at(self, choosing: Choosing, body: Mapping[str, Any], person: str) -> str:
        """The ts under which the choice is asked: that of the message with the buttons. Empty if
        the person may not see that message, or if what they pressed is another one."""
        given, channel = choosing.given, body["channel"]["id"]
        ts = str(body["container"]["message_ts"])
        if not await self.viewers.may_see(person, given):
            return ""
        if await self.viewers.carries(channel, ts, given):
            return ts
        # Slack keeps no copy of what one person alone sees, so its ts proves nothing: another
        # message may have it. The next one after the question's is nobody's.
        is_whispered = given.asked.private and not given.message and channel[:1] != "D"
        return _next(given.asked.place.ts) if is_whispered else ""


def _next(ts: str) -> str:
    seconds, _, fraction = ts.partition(".")
    after = int(fraction or 0) + 1
    return f"{int(seconds) + after // 1_000_000}.{after % 1_000_000:06d}"


@dataclass(frozen=True, slots=True)
class Choosing:
    """``letter`` is the question that said too little: where it was asked, how it reads now,
    and who reads along there."""

    given: RecordedAnswer
    readings: tuple[Reading, ...]
    letter: IncomingMessage
