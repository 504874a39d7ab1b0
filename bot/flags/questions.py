"""The flagged question, as reviewers may read it.

A chosen reading is in the words of its page. Reviewers who may not read that page see the question
that was asked before the choice.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from bot.background import beside
from bot.conversation.model import ANYBODY, BY_ITSELF, RecordedAnswer
from bot.flags.feedback import Feedback
from bot.flags.model import Flag
from bot.model import Clarify
from bot.ports import Library


@dataclass(frozen=True, slots=True)
class FlaggedQuestions:
    """The questions of flags. ``executor`` runs the checks of pages."""

    feedback: Feedback
    library: Library
    executor: Executor

    async def shown(self, flag: Flag) -> str:
        """Return the question of ``flag`` in words that everybody may read."""
        return await self._shown(flag.recorded)

    async def _shown(self, recorded: RecordedAnswer) -> str:
        asked = recorded.asked
        if asked.place.ts.startswith(BY_ITSELF):
            # It was asked again when an earlier flag was handled.
            earlier = await self.feedback.flag(int(asked.place.ts.split("-")[1]))
            return await self.shown(earlier) if earlier else asked.question
        for one in reversed(await self.feedback.earlier(recorded)):
            readings = one.answer.readings if isinstance(one.answer, Clarify) else ()
            sources = [each.source for each in readings if each.question == asked.question]
            if sources:
                found = await beside(self.executor, self.library.open_to, ANYBODY, sources)
                return asked.question if found else one.asked.question
        return asked.question
