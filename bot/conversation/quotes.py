"""A press of "Show the quotes": what the pages say in their own words, for the person who presses.

A composed answer may have left something out. The quotes are found anew, with the rights that the
person has now and without a language model, and nobody else sees them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.answers import Answers
from bot.conversation.asking_again import AskingAgain, letter_of, tell
from bot.conversation.model import Closed, RecordedAnswer
from bot.feedback.feedback import Feedback
from bot.model import Answer
from bot.slack.rights.viewers import Viewers
from bot.slack.writing import blocks, quotes
from bot.slack.writing.message import Message, context, say

FORGOTTEN = say("I no longer have this answer. Please ask again.")
NOTHING = say("I looked again and find nothing to quote for you: what you may read has changed.")
ONLY_YOU = "Only you see these quotes."


@dataclass(frozen=True, slots=True)
class Quotes:
    feedback: Feedback
    answers: Answers
    asking_again: AskingAgain
    viewers: Viewers
    clock: Callable[[], datetime]

    async def pressed(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        given = await self._given(body)
        if given is None:
            await tell(respond, [FORGOTTEN], replacing=False)
            return
        person, letter = body["user"]["id"], letter_of(given)
        reader = await self.asking_again.reader(person, letter.channel, private=True)
        if isinstance(reader, Closed):
            await tell(respond, [say(reader.why)], replacing=False)
            return
        question = await self.asking_again.question(letter, given, reader)
        result = await self.answers.alone(replace(question, person=person, quoting=True))
        if not isinstance(result, Answer):
            await tell(respond, [NOTHING], replacing=False)
            return
        await tell(respond, self._messages(replace(given, answer=result)), replacing=False)

    async def _given(self, body: Mapping[str, Any]) -> RecordedAnswer | None:
        """Return the answer if it stands, offers its quotes, and the person may see it."""
        given = await asyncio.to_thread(self.feedback.given, int(body["actions"][0]["value"]))
        if given is None or given.retracted or not quotes.has_quotes_button(given.answer):
            return None
        if body["channel"]["id"] != given.asked.place.channel:
            return None
        return given if await self.viewers.may_see(body["user"]["id"], given) else None

    def _messages(self, given: RecordedAnswer) -> list[Message]:
        now = self.clock()
        shown = blocks.answer(replace(given, given=now), self.answers.origins, today=now.date())
        *first, last = shown
        kept = quotes.without_buttons(last.blocks)
        return [*first, Message(last.text, [*kept, context(ONLY_YOU)])]
