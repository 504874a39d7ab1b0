"""What the bot suggests to ask, where a person opens the conversation with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.model import Closed, RecordedAnswer
from bot.errors import SlackUnavailable
from bot.feedback.feedback import Feedback
from bot.model import Answer
from bot.slack.calling.courtesies import Courtesies
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import People
from bot.slack.writing.mrkdwn import inert

logger = logging.getLogger(__name__)

METHOD = "assistant.threads.setSuggestedPrompts"
MOST = 4
"""As many as Slack shows."""
REMEMBERED = 600.0
"""Seconds."""
_LONGEST = 150
_TITLE = 60
"""Characters."""


@dataclass(slots=True, kw_only=True)
class Prompts:
    """Questions that were asked in the open and answered well from what is open to everyone, as
    somebody says who did not ask: nobody puts words before all others alone. Where there are too
    few, pages that are: ``titles`` names those, as they stand at that moment, and may take a
    moment."""

    people: People
    feedback: Feedback
    channels: Channels
    courtesies: Courtesies
    titles: Callable[[], Sequence[str]]
    clock: Callable[[], float]
    _known: dict[str, _Suggestion] = field(default_factory=dict)
    _until: float = float("-inf")

    async def opened(self, body: Mapping[str, Any], _respond: AsyncRespond) -> None:
        """`app_home_opened` of the messages tab. Whoever is answered nothing is told no
        titles either."""
        if not self.courtesies.has(METHOD):
            return
        person = body["event"]["user"]
        if isinstance(await self.people.reader(person, private=False, shared=False), Closed):
            return
        if texts := await self.suggested():
            prompts = [{"title": _short(text), "message": text} for text in texts]
            channel = body["event"]["channel"]
            await self.courtesies.offer(METHOD, channel_id=channel, prompts=prompts)

    async def suggested(self) -> list[str]:
        """For whoever is answered what is open to everyone.

        Raises:
            StateUnavailable, IndexUnavailable
        """
        if self.clock() >= self._until:
            self._known = await self._praised()
            self._until = self.clock() + REMEMBERED
        return await asyncio.to_thread(self._with_titles, self._known)

    def _with_titles(self, praised: Mapping[str, _Suggestion]) -> list[str]:
        """Whoever asked one of them may have been forgotten since, or its answer taken back:
        a question that was chosen of readings names a page. A page, too, may have been closed
        since, so titles are never remembered."""
        asked = {key: one.text for key, one in praised.items() if self._stands(one.given)}
        if len(asked) < MOST:
            for title in self.titles():
                text = f"What does the wiki say about {title}?"
                asked.setdefault(text.casefold(), inert(text))
        return list(asked.values())[:MOST]

    def _stands(self, id_: int) -> bool:
        given = self.feedback.given(id_)
        return given is not None and not given.retracted

    async def _praised(self) -> dict[str, _Suggestion]:
        """The latest first."""
        found: dict[str, _Suggestion] = {}
        praised = await asyncio.to_thread(partial(self.feedback.praised, by_others=True))
        for given in reversed(praised):
            text = " ".join(given.asked.question.split())
            if len(text) <= _LONGEST and await self._is_open(given):
                found.setdefault(text.casefold(), _Suggestion(inert(text), given.id))
            if len(found) == MOST:
                break
        return found

    async def _is_open(self, given: RecordedAnswer) -> bool:
        """What is asked in a private channel is no more for everybody than its answer."""
        if given.retracted or not (given.asked.open and isinstance(given.answer, Answer)):
            return False
        try:
            return await self.channels.is_public(given.asked.place.channel)
        except SlackUnavailable as error:
            logger.info("A question is not suggested: %s", error)
            return False


@dataclass(frozen=True, slots=True)
class _Suggestion:
    """``given`` is the answer to whoever asked it."""

    text: str
    given: int


def _short(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1].rsplit(' ', 1)[0]}\u2026"
