"""Suggested questions for a person who opens the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from footnote_bot.bot.caching import ExpiringCache
from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.conversation.ports import Answers, Directory
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.model import Answer

logger = logging.getLogger(__name__)

MOST = 4
"""Suggestions at once; more are not read."""
REMEMBERED = 600.0
"""Seconds."""
_LONGEST = 150
"""Characters."""


@dataclass(slots=True, kw_only=True)
class Prompts:
    """Suggested questions. They were asked in public, answered well from pages open to everyone,
    and praised by somebody other than the asker, so nobody alone can put words before everyone. If
    there are too few, samples are added: ``samples`` returns the questions that headings of pages
    ask which are open now, and may take a moment."""

    directory: Directory
    answers: Answers
    samples: Callable[[], Sequence[str]]
    clock: Callable[[], float]
    _known: ExpiringCache[str, Mapping[str, _Suggestion]] = field(init=False)

    def __post_init__(self) -> None:
        self._known = ExpiringCache(self.clock)

    async def suggested(self, *, to_member: bool) -> list[str]:
        """Return the suggestions for somebody who may read pages open to everyone: samples
        alone if they are no member of the workspace, and do not read its public channels.

        Raises:
            StateUnavailable, IndexUnavailable
        """
        if not to_member:
            return await self._with_samples({})
        praised = self._known.get("praised")
        if praised is None:
            praised = await self._praised()
            self._known.put("praised", praised, REMEMBERED)
        return await self._with_samples(praised)

    async def _with_samples(self, praised: Mapping[str, _Suggestion]) -> list[str]:
        """Drop the praised questions whose asker was forgotten or whose answer was retracted, and
        add samples. A page may have been closed, too, so samples are never cached."""
        questions = {
            key: suggestion.text
            for key, suggestion in praised.items()
            if await self._is_valid(suggestion.answer)
        }
        if len(questions) < MOST:
            for text in await asyncio.to_thread(self.samples):
                questions.setdefault(text.casefold(), text)
        return list(questions.values())[:MOST]

    async def _is_valid(self, id_: int) -> bool:
        recorded = await self.answers.recorded(id_)
        return recorded is not None and not recorded.retracted

    async def _praised(self) -> dict[str, _Suggestion]:
        """Return the latest praised questions that are public, by their text in lower case."""
        suggestions: dict[str, _Suggestion] = {}
        praised = await self.answers.praised(by_others=True)
        for recorded in reversed(praised):
            text = " ".join(recorded.asked.question.split())
            if text and len(text) <= _LONGEST and await self._is_open(recorded):
                suggestions.setdefault(text.casefold(), _Suggestion(text, recorded.id))
            if len(suggestions) == MOST:
                break
        return suggestions

    async def _is_open(self, recorded: RecordedAnswer) -> bool:
        """Return whether question and answer are public. A question in a private channel is as
        private as its answer."""
        if recorded.retracted or not (recorded.asked.open and isinstance(recorded.answer, Answer)):
            return False
        try:
            return await self.directory.is_public(recorded.asked.place.channel)
        except ChatUnavailable as error:
            logger.info("A question is not suggested: %s", error)
            return False


@dataclass(frozen=True, slots=True)
class _Suggestion:
    """A suggested question. ``answer`` is the id of its answer."""

    text: str
    answer: int
