"""An answer that one person sees alone: offered where the channel as a whole may read nothing
that fits, or set so for the channel; and its way back to all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.answers import Answers, place_of
from bot.conversation.asking_again import AskingAgain, letter_of, tell
from bot.conversation.model import Closed, IncomingMessage, RecordedAnswer
from bot.conversation.posting import Posting
from bot.errors import AskerForgotten, SlackRefused
from bot.feedback.feedback import Feedback
from bot.model import Answer, NoAnswer, Question
from bot.slack.calling.locks import OneByOne
from bot.slack.calling.web import Voice
from bot.slack.rights.channels import Channels
from bot.slack.rights.readers import Readers
from bot.slack.writing import blocks
from bot.slack.writing.message import Block, Message, context, plain_text, say

logger = logging.getLogger(__name__)

ALONE = "answer_privately"
AGAIN = "answer_again"
SHARE = "share_answer"
"""Action ids; the value is the id of the answer that the channel, or the asker alone, got."""

_HAS_LEFT = "user_not_in_channel"
"""What Slack answers if the person is not in the channel."""

OFFER = say("I can answer you privately: you may read a page about this, not everybody here may.")
PERHAPS = say(
    "I was interrupted when I answered this. You may have my answer already, where you alone see"
    " it; if not, press the button."
)
FORGOTTEN = say("I no longer have this question. Please ask again.")
NOT_NOW = say(
    "I looked again and find no answer for you after all: the pages do not say it, or what you may"
    " read has changed."
)
NOT_FOR_ALL = say("I cannot share this: not everybody here may read the pages that it is from.")
NOT_FOR_OUTSIDERS = say(
    "I cannot share this: somebody in this channel may not get answers from me."
)
ONLY_YOU = "Only you see this: somebody in this channel may not get answers from me."
SHARED = say("I shared the answer in the thread.")


@dataclass(frozen=True, slots=True)
class Private:
    answers: Answers
    feedback: Feedback
    readers: Readers
    channels: Channels
    asking_again: AskingAgain
    posting: Posting
    voice: Voice
    clock: Callable[[], datetime]
    one_by_one: OneByOne

    async def offer(self, letter: IncomingMessage, asking: Question, given: RecordedAnswer) -> None:
        """If the channel got no answer and the asker alone would. Nobody else sees it, so
        that nobody learns of a page that they may not read. What they would get is found by
        search alone: a language model is asked once they want it."""
        if not isinstance(given.answer, NoAnswer):
            return
        reader = await self.asking_again.reader(letter.person, letter.channel, private=True)
        if isinstance(reader, Closed) or reader == asking.reader:
            return
        alone = replace(asking, reader=reader, quoting=True)
        if isinstance(await self.answers.alone(alone), Answer):
            message = _with_button(OFFER, ALONE, "Answer me privately", given.id)
            try:
                await self.voice.whisper(letter.channel, letter.person, message, letter.thread)
            except SlackRefused as error:
                logger.info("A private answer could not be offered: %s", error)

    async def give(self, letter: IncomingMessage, given: RecordedAnswer) -> None:
        """To the asker, where the channel is set so, or others there may not read it. Who left
        while it was made is told nothing, and those who stayed are not told that either.

        Raises:
            NotOurs: it is not ours to answer any more.
            SlackUnavailable: it cannot be told who is there.
        """
        try:
            await self.posting.whisper(letter, await self._messages(given))
        except SlackRefused as error:
            if error.code != _HAS_LEFT:
                raise
            logger.info("Who asked %s is not in %s any more", letter.ts, letter.channel)

    async def resume(self, letter: IncomingMessage) -> bool:
        """If the asker may have got their answer from somebody who did not live to say so:
        they are not given it twice, but offered it, which may be said twice. False: they
        certainly got none.

        Raises:
            NotOurs: it is not ours to answer any more.
        """
        if not await self.posting.whispered(letter):
            return False
        given = await asyncio.to_thread(self.feedback.given_to, place_of(letter))
        if given is None:
            return False
        offer = _with_button(PERHAPS, AGAIN, "Answer me again", given.id)
        await self.posting.whisper(letter, [offer])
        return True

    async def wanted(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """The button of the offer."""
        given = await self._given(body)
        if given is None:
            await tell(respond, [FORGOTTEN])
            return
        letter, person = letter_of(given), body["user"]["id"]
        reader = await self.asking_again.reader(person, letter.channel, private=True)
        asking = (
            None
            if isinstance(reader, Closed)
            else await self.asking_again.question(letter, given, reader)
        )
        said = await self.answers.alone(asking) if asking else None
        if isinstance(said, Answer):
            shown = replace(given, answer=said, given=self.clock())
            await tell(respond, await self._messages(shown))
        else:
            await tell(respond, [NOT_NOW])

    async def again(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """The button of an answer that was perhaps not seen: as it would be given now. Only an
        answer that its asker alone saw has one; a press of another's would put what is private
        in the place of what the channel reads."""
        given = await self._given(body)
        if given is None or not given.asked.private:
            await tell(respond, [FORGOTTEN])
            return
        letter = letter_of(given)
        reader = await self.asking_again.reader(body["user"]["id"], letter.channel, private=True)
        if isinstance(reader, Closed):
            await tell(respond, [say(reader.why)])
            return
        asking = await self.asking_again.question(letter, given, reader)
        said = await self.answers.alone(asking)
        try:
            shown = await self.answers.record(letter, asking, said, private=True)
        except AskerForgotten:
            await tell(respond, [FORGOTTEN])
            return
        await tell(respond, await self._messages(shown))

    async def shared(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        """ "Share to channel": what all there may read now, which may be less than the person
        saw, takes the place of what the channel got. Pressed twice, the second finds there
        what the first has posted."""
        async with self.one_by_one.at(f"(share {body['actions'][0]['value']})"):
            await self._share(body, respond)

    async def _share(self, body: Mapping[str, Any], respond: AsyncRespond) -> None:
        given = await self._given(body)
        if given is None:
            await tell(respond, [FORGOTTEN])
            return
        letter = letter_of(given)
        if await self.readers.has_outsiders(letter.channel):
            await tell(respond, [NOT_FOR_OUTSIDERS], replacing=False)
            return
        reader = await self.asking_again.reader(body["user"]["id"], letter.channel, private=False)
        asking = (
            None
            if isinstance(reader, Closed)
            else await self.asking_again.question(letter, given, reader)
        )
        said = await self.answers.alone(asking) if asking else None
        if asking is None or not isinstance(said, Answer):
            await tell(respond, [NOT_FOR_ALL], replacing=False)
            return
        if not await self.readers.may_still_read(letter.channel, asking.reader, shared=False):
            # Somebody came while it was made.
            await tell(respond, [NOT_FOR_ALL], replacing=False)
            return
        posted = await self.posting.posted(letter)
        if await self._given(body) != given:
            await tell(respond, [FORGOTTEN])
            return
        try:
            await self.answers.show(letter, asking, said, posted, holding=False)
        except AskerForgotten:
            await tell(respond, [FORGOTTEN])
            return
        if await self.posting.is_gone(letter):
            await self.posting.remove(letter, await self.posting.posted(letter))
        await tell(respond, [SHARED])

    async def _given(self, body: Mapping[str, Any]) -> RecordedAnswer | None:
        """Only whoever asked is shown these buttons. None: it is forgotten, its question was
        edited or deleted since, or they have left the channel."""
        given = await asyncio.to_thread(self.feedback.given, int(body["actions"][0]["value"]))
        person = body["user"]["id"]
        if given is None or given.retracted or given.asked.asker != person:
            return None
        return given if await self.channels.has(given.asked.place.channel, person) else None

    async def _messages(self, given: RecordedAnswer) -> list[Message]:
        """Without the buttons of feedback, which belong to what all see."""
        today, origins = self.clock().date(), self.answers.origins
        messages = blocks.answer(given, origins, today=today)
        last = messages[-1]
        kept = [block for block in last.blocks if block.get("block_id") != "verdicts"]
        shown = Message(last.text, kept)
        if await self.readers.has_outsiders(given.asked.place.channel):
            shown.blocks.append(context(ONLY_YOU))
        elif isinstance(given.answer, Answer):
            shown = _with_button(shown, SHARE, "Share to channel", given.id)
        return [*messages[:-1], shown]


def _with_button(message: Message, action: str, words: str, given: int) -> Message:
    button: Block = {
        "type": "button",
        "action_id": action,
        "text": plain_text(words),
        "value": str(given),
    }
    return Message(message.text, [*message.blocks, {"type": "actions", "elements": [button]}])
