"""The use case of the Slack side: a letter from the inbox gets one reply.

A reply's first block is marked with the question's ts. Whoever works on a letter
again, after a restart or a lost connection, looks for the mark before posting, so
that a reply which Slack took without our hearing of it is not posted twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import BotError, SlackRefused, SlackUnavailable, StateUnavailable
from bot.feedback.feedback import Feedback
from bot.feedback.model import Asked, Place
from bot.model import Question
from bot.ports import Answering
from bot.slack import blocks, incidents, letters
from bot.slack.caps import Caps
from bot.slack.choices import AskedBack
from bot.slack.conversation import Conversation
from bot.slack.letters import Identity
from bot.slack.message import Message, say
from bot.slack.people import Closed, People
from bot.slack.status import Status
from bot.slack.web import Voice, told
from bot.state.inbox import Inbox, Kind, Letter

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""Starts of the process that one letter may cost before it counts as failed."""
GIVE_UP = timedelta(hours=1)
"""How long a letter waits for Slack to come back."""
LONGEST_PAUSE = 30.0
HELP = say(
    "Ask me a question, and I answer from the wiki with links to where it says so.",
    "For example: How do I book leave? In a channel, mention me; here, just write.",
)


class GaveUp(BotError):
    pass


class NotOurs(BotError):
    """Another process answers it, or nobody shall."""


@dataclass(frozen=True, slots=True)
class Replies:
    """``executor`` runs answering, so that it never takes the threads of the inbox."""

    me: Identity
    inbox: Inbox
    feedback: Feedback
    answering: Answering
    people: People
    conversation: Conversation
    asked_back: AskedBack
    voice: Voice
    status: Status
    executor: Executor
    clock: Callable[[], datetime]
    origins: frozenset[str]
    as_of: Callable[[], datetime | None]
    new_incident: Callable[[], str]
    caps: Caps = field(default_factory=Caps)
    first_pause: float = 1.0
    """Seconds before the second try while Slack does not answer."""

    async def reply(self, letter: Letter) -> None:
        """See to the letter until it is replied to, or never will be."""
        try:
            attempt = await asyncio.to_thread(self.inbox.claim, letter.id)
            refusal = await asyncio.to_thread(self.caps.refusal, letter, self.inbox)
        except StateUnavailable as error:
            # Not begun, so nobody need be told: it is submitted again in a while.
            logger.warning("Message %s is not begun: %s", letter.ts, error)
            return
        if attempt is None:
            return
        try:
            if attempt > MOST_ATTEMPTS:
                await self._fail(letter, GaveUp(f"{MOST_ATTEMPTS} attempts did not end"))
                return
            await self._reply_patiently(letter, again=attempt > 1, refusal=refusal)
            finish = self.inbox.done if refusal is None else self.inbox.refused
            await asyncio.to_thread(finish, letter.id)
        except NotOurs:
            logger.info("Message %s is not ours any more", letter.ts)
        except Exception as error:  # noqa: BLE001 - the edge: logged, and the person is told
            await self._fail(letter, error)

    async def _reply_patiently(self, letter: Letter, *, again: bool, refusal: str | None) -> None:
        began, pause = self.clock(), self.first_pause
        while True:
            try:
                if refusal is None:
                    return await self._reply(letter, again=again)
                return await self._refuse(letter, refusal, again=again)
            except SlackUnavailable as error:
                if self.clock() - began > GIVE_UP:
                    raise
                logger.warning("%s; message %s waits %.0f s", error, letter.ts, pause)
            await asyncio.sleep(pause)
            again, pause = True, min(pause * 2, LONGEST_PAUSE)

    async def _refuse(self, letter: Letter, words: str, *, again: bool) -> None:
        if words:
            await self._post(letter, [say(words)], await self._posted(letter) if again else {})

    async def _reply(self, letter: Letter, *, again: bool) -> None:
        posted = await self._posted(letter) if again else {}
        question = await self._question(letter)
        if letters.asks_nothing(question):
            await self._post(letter, [HELP], posted)
            return
        private = letter.kind is Kind.DIRECT
        reader = await self.people.reader(letter.person, private=private, shared=letter.shared)
        if isinstance(reader, Closed):
            await self._post(letter, [say(reader.why)], posted)
            return
        question = await self.asked_back.meant(letter, question)
        async with self.status.shown(letter.channel, letter.thread, "is reading the wiki\u2026"):
            said = await self.conversation.before(letter)
            asking = Question(
                question, reader, history=said, person=letter.person, channel=letter.channel
            )
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.executor, self.answering.answer, asking)
            place = Place(letter.team, letter.channel, letter.ts, letter.thread)
            asked = Asked(question, letter.person, place, private)
            await self._hold(letter)
            given = await asyncio.to_thread(self.feedback.record, asked, answer, self.as_of())
            messages = blocks.answer(given, self.origins, today=self.clock().date())
            last = await self._post(letter, messages, posted)
        await asyncio.to_thread(self.feedback.posted, given.id, last)
        logger.info(
            "Answered message %s in %s: %s, %.0f ms",
            letter.ts,
            letter.channel,
            type(answer).__name__,
            answer.timings.total,
        )

    async def _question(self, letter: Letter) -> str:
        named = dict.fromkeys(letters.people_named(letter.text, self.me))
        names = {id_: await self.people.name(id_) for id_ in list(named)[:10]}
        return letters.question(letter.text, self.me, names)

    async def _post(self, letter: Letter, messages: list[Message], posted: dict[str, str]) -> str:
        """Those that are not there yet; the last one's ts."""
        ts = ""
        for number, message in enumerate(messages):
            mark = f"{_mark(letter)}-{number}"
            if mark in posted:
                ts = posted[mark]
                continue
            await self._hold(letter)
            ts = await self.voice.post(letter.channel, message.marked(mark), letter.thread)
        return ts

    async def _hold(self, letter: Letter) -> None:
        """
        Raises:
            NotOurs
        """
        if not await asyncio.to_thread(self.inbox.holds, letter.id):
            raise NotOurs

    async def _posted(self, letter: Letter) -> dict[str, str]:
        """What stands in the thread already, by mark."""
        try:
            found = await told(
                self.voice.client.conversations_replies(
                    channel=letter.channel, ts=letter.thread, oldest=letter.ts, limit=200
                )
            )
        except SlackRefused as error:
            logger.info("The thread of %s cannot be read: %s", letter.ts, error.code)
            return {}
        return {
            block["block_id"]: message["ts"]
            for message in found.get("messages", ())
            if message.get("bot_id") == self.me.bot
            for block in (message.get("blocks") or ())[:1]
            if str(block.get("block_id", "")).startswith(_mark(letter))
        }

    async def _fail(self, letter: Letter, error: Exception) -> None:
        """Say so where the answer would have been (unless it stands there and only what
        came after went wrong), and in the log; to the person not a word of the error."""
        incident = self.new_incident()
        incidents.note(incident, f"message {letter.ts} in {letter.channel}", error)
        try:
            await self._say_sorry(letter, incident)
        except NotOurs:
            return
        except (SlackRefused, SlackUnavailable, StateUnavailable):
            logger.exception("Incident %s: nor could the person be told", incident)
        try:
            await asyncio.to_thread(self.inbox.failed, letter.id)
        except StateUnavailable:
            logger.exception("Incident %s: nor could that be noted", incident)

    async def _say_sorry(self, letter: Letter, incident: str) -> None:
        began, pause = self.clock(), self.first_pause
        while True:
            try:
                if not await self._posted(letter):
                    await self._post(letter, [incidents.sorry(incident)], {})
            except SlackUnavailable:
                if self.clock() - began > GIVE_UP:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return


def _mark(letter: Letter) -> str:
    return f"reply-to-{letter.ts}"
