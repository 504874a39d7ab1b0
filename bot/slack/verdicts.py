"""What people think of an answer: buttons, the form, the card in the review channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.errors import SlackRefused, SlackUnavailable
from bot.feedback.feedback import Feedback
from bot.feedback.model import Card, Flag, Given
from bot.model import NoAnswer, Question, Result, Source
from bot.ports import Answering
from bot.slack import blocks, cards
from bot.slack.message import Message, say
from bot.slack.people import People
from bot.slack.posting import mark
from bot.slack.web import Voice
from bot.state.channels import DatabaseChannels
from indexers.model import EVERYONE, Principal

logger = logging.getLogger(__name__)

FORGOTTEN = say("I no longer have this answer, so I cannot note that. Please ask again.")
THANKS = say("Thank you, noted: this answer helped.")
FLAGGED = say("Thank you. I noted what is wrong and told the people who keep the wiki.")
FLAGGED_QUIETLY = say("Thank you. I noted what is wrong.")


@dataclass(frozen=True, slots=True)
class Verdicts:
    feedback: Feedback
    answering: Answering
    people: People
    voice: Voice
    executor: Executor
    clock: Callable[[], datetime]
    origins: frozenset[str]
    review_channel: str
    settings: DatabaseChannels

    async def pressed(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """A feedback button. The form must open within three seconds, so it comes first."""
        verdict, _, given_id = str(body["actions"][0]["value"]).partition(":")
        person, given = body["user"]["id"], int(given_id)
        if verdict == "bad":
            await self.voice.ask(body["trigger_id"], cards.form(given))
            return
        known = await asyncio.to_thread(self.feedback.given, given)
        if known is None:
            await self.voice.whisper(body["channel"]["id"], person, FORGOTTEN)
            return
        # A quick click may be here before the message's ts is written down.
        known = replace(known, message=body["container"]["message_ts"])
        withdrawn = await asyncio.to_thread(self.feedback.praise, given, person)
        await self._confirm(known, person, THANKS)
        if withdrawn and withdrawn.card:
            await self._show(withdrawn)

    async def sent(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """The form."""
        filled, person = cards.filled(body["view"]), body["user"]["id"]
        known = await asyncio.to_thread(self.feedback.given, filled.given)
        if known is None:
            await self.voice.post(person, FORGOTTEN)
            return
        flag = await asyncio.to_thread(
            self.feedback.complain, filled.given, person, filled.complaint, filled.comment
        )
        shown = await self._show(flag)
        await self._confirm(known, person, FLAGGED if shown else FLAGGED_QUIETLY)

    async def _confirm(self, given: Given, person: str, words: Message) -> None:
        """In place, on the answer itself; and where others read along, to the person."""
        tally = await asyncio.to_thread(self.feedback.tally, given.id)
        place = given.asked.place
        messages = blocks.answer(given, self.origins, today=self.clock().date(), tally=tally)
        marked = messages[-1].marked(mark(place.ts, len(messages) - 1))
        try:
            await self.voice.edit(place.channel, given.message, marked)
        except (SlackRefused, SlackUnavailable) as error:
            logger.info("A verdict is kept but not shown on its answer: %s", error)
        if not given.asked.private:
            await self.voice.whisper(place.channel, person, words, place.thread)

    async def _show(self, flag: Flag) -> bool:
        """Put the flag's card up, or bring it up to date. Whether it is there."""
        review_channel = await self._review_channel(flag)
        if not review_channel:
            return False
        card = cards.card(flag, await self._shown(flag), self.origins, today=self.clock().date())
        try:
            if flag.card:
                await self.voice.edit(flag.card.channel, flag.card.ts, card)
            else:
                ts = await self.voice.post(review_channel, card)
                await asyncio.to_thread(self.feedback.carded, flag.id, Card(review_channel, ts))
        except (SlackRefused, SlackUnavailable) as error:
            logger.warning(
                "Flag %d is kept, but the review channel %s cannot be written to: %s",
                flag.id,
                review_channel,
                error,
            )
            return False
        return True

    async def _review_channel(self, flag: Flag) -> str:
        place = flag.given.asked.place
        settings = await asyncio.to_thread(self.settings.of, place.team, place.channel)
        return settings.review_channel or self.review_channel

    async def _shown(self, flag: Flag) -> cards.Shown:
        place, sources = flag.given.asked.place, _sources(flag.given.answer)
        asked, still_open = flag.given.asked, await self._open_now(flag.given)
        shown = tuple(s for s in sources if _page(s, exactly=not asked.open) in still_open)
        message = flag.given.message
        return cards.Shown(
            person=await self.people.name(flag.person),
            sources=shown,
            whole=len(shown) == len(sources),
            address="" if asked.private else await self.voice.address(place.channel, message),
        )

    async def _open_now(self, given: Given) -> set[tuple[str, ...]]:
        """An answer may hold what reviewers must not read: one that followed the rights of
        one person or of a few, and one whose pages were closed since. What everyone gets for
        the same question now shows which of it is open; what a wiki does not confirm is not.

        What they got may have been written before its page was opened: only the very
        same text of it is open."""
        loop = asyncio.get_running_loop()
        question = Question(given.asked.question, Principal.of(EVERYONE))
        said = await loop.run_in_executor(self.executor, self.answering.answer, question)
        if said.unchecked is not None:
            return set()
        return {_page(source, exactly=not given.asked.open) for source in _sources(said)}


def _page(source: Source, *, exactly: bool) -> tuple[str, ...]:
    return (source.wiki, source.page, *([source.revision] if exactly else []))


def _sources(said: Result) -> tuple[Source, ...]:
    return said.nearest if isinstance(said, NoAnswer) else said.sources
