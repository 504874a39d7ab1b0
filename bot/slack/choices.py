"""Somebody chooses what a question meant, and that is asked: by a button, or in words.

A choice by button is a letter like any question, as if the message with the buttons had
asked it. So it outlives a restart, and the inbox takes it once, however often it is pressed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import SlackRefused, SlackUnavailable
from bot.feedback.feedback import Feedback
from bot.feedback.model import Given
from bot.model import Clarify, Reading
from bot.slack import blocks, readings
from bot.slack.letters import written
from bot.slack.message import say
from bot.slack.people import People
from bot.slack.posting import mark
from bot.slack.web import Voice
from bot.slack.workers import Workers
from bot.state.inbox import Inbox
from bot.state.letter import Kind, Letter

logger = logging.getLogger(__name__)

FORGOTTEN = say("I no longer know what was asked here. Please ask again.")
CHOSEN = say("This was chosen already. To ask for another, reply with its number.")


@dataclass(frozen=True, slots=True)
class AskedBack:
    """The questions in return that stand in threads."""

    feedback: Feedback
    people: People
    voice: Voice
    clock: Callable[[], datetime]
    origins: frozenset[str]

    async def meant(self, letter: Letter, words: str) -> str:
        """What ``words`` ask: those of a reading if they choose one that the letter's
        thread was asked for, else themselves."""
        if letter.thread == letter.ts:
            return words
        given = await asyncio.to_thread(
            self.feedback.asked_back, letter.team, letter.channel, letter.thread
        )
        if given is None or given.retracted or not isinstance(given.answer, Clarify):
            return words
        reading = readings.meant(words, given.answer.readings)
        if reading is None:
            return words
        await self.settle(given, reading, letter.person)
        return reading.question

    async def settle(self, given: Given, reading: Reading, person: str) -> None:
        """The buttons give way to the choice. Where Slack does not take that, they stay,
        and do no harm."""
        by = "" if given.asked.private else await self.people.name(person)
        place = given.asked.place
        [message] = blocks.answer(given, self.origins, today=self.clock().date())
        shown = readings.chosen(message, reading, by).marked(mark(place.ts, 0))
        try:
            await self.voice.edit(place.channel, given.message, shown)
        except (SlackRefused, SlackUnavailable) as error:
            logger.info("A choice is asked but not shown where it was made: %s", error)


@dataclass(frozen=True, slots=True)
class Choices:
    """The buttons."""

    asked_back: AskedBack
    inbox: Inbox
    workers: Workers

    async def pressed(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        given, _, number = str(body["actions"][0]["value"]).partition(":")
        person, channel = body["user"]["id"], body["channel"]["id"]
        voice = self.asked_back.voice
        if person not in await voice.members(channel):
            logger.info("%s chose in %s without being in it: nothing is asked", person, channel)
            return
        choice = await asyncio.to_thread(self._choice, int(given), int(number), channel)
        if choice is None:
            await voice.whisper(channel, person, FORGOTTEN)
            return
        # A quick click may be here before the message's ts is written down.
        shown = replace(choice.given, message=body["container"]["message_ts"])
        asks = replace(
            choice.letter,
            event=f"choice-of-{shown.id}",
            kind=Kind.DIRECT if choice.letter.kind is Kind.DIRECT else Kind.MENTION,
            edited="",
            ts=shown.message,
            person=person,
            text=written(choice.reading.question),
        )
        kept = await asyncio.to_thread(self.inbox.receive, asks)
        if kept is None:
            await voice.whisper(channel, person, CHOSEN, asks.thread)
            return
        self.workers.submit(kept)
        await self.asked_back.settle(shown, choice.reading, person)

    def _choice(self, given: int, number: int, channel: str) -> _Choice | None:
        """None if it was forgotten or taken back, or asked somewhere else."""
        known = self.asked_back.feedback.given(given)
        if known is None or known.retracted or not isinstance(known.answer, Clarify):
            return None
        place = known.asked.place
        letter = self.inbox.received(place.team, place.channel, place.ts)
        if letter is None or place.channel != channel:
            return None
        return _Choice(known, known.answer.readings[number - 1], letter)


@dataclass(frozen=True, slots=True)
class _Choice:
    """``letter`` is the question that said too little: where it was asked, and who reads
    along there."""

    given: Given
    reading: Reading
    letter: Letter
