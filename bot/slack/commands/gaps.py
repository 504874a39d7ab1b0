"""`/wiki gaps`: what the wiki should say and does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.feedback.feedback import Feedback
from bot.feedback.gaps import Gap, gaps
from bot.feedback.model import Given
from bot.model import NoAnswer
from bot.ports import Operating
from bot.slack.blocks import ago, joined, source_line
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.message import Block, Message, context, say, section
from bot.slack.mrkdwn import literal
from indexers.prose import plain

_LATELY = timedelta(days=30)
_SHOWN = 8
_LOOKED_AT = 12
"""More gaps are not asked again: somebody waits."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """An admin is shown what was asked in channels; what somebody asked in private is
    counted. The nearest pages are those that everyone may read now, asked for anew."""

    feedback: Feedback
    operating: Operating
    roots: Callable[[str], frozenset[str]]
    executor: Executor
    clock: Callable[[], datetime]
    origins: frozenset[str]

    @property
    def subcommand(self) -> Subcommand:
        return Subcommand(
            "gaps",
            f"what people asked in {_LATELY.days} days and the wiki did not answer",
            self.run,
            For.ADMINS,
        )

    async def run(self, call: Call) -> None:
        if call.words:
            raise Misused("That takes nothing more.")
        unanswered = await asyncio.to_thread(self.feedback.unanswered, self.clock() - _LATELY)
        public = [given for given in unanswered if given.asked.open]
        private = len(unanswered) - len(public)
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self.executor, self._open, public)
        if not found and not private:
            await call.whisper(
                say(f"The wiki answered everything of the last {_LATELY.days} days.")
            )
            return
        await call.whisper(self._message(found, private))

    def _open(self, public: list[Given]) -> list[tuple[Gap, NoAnswer]]:
        """Those that are still none: an answer may have come since."""
        asked = [
            (gap, self.operating.for_everyone(gap.latest.asked.question))
            for gap in gaps(public, self.roots)[:_LOOKED_AT]
        ]
        return [(gap, said) for gap, said in asked if isinstance(said, NoAnswer)][:_SHOWN]

    def _message(self, found: list[tuple[Gap, NoAnswer]], private: int) -> Message:
        text = "What people asked and the wiki did not answer:"
        blocks: list[Block] = [section(text)]
        today = self.clock().date()
        for gap, said in found:
            question = literal(plain(gap.latest.asked.question))[:500]
            times = f"{len(gap.asked)} times, last " if gap.asked[1:] else ""
            blocks.append(section(f"*{question}*"))
            lines = [f"Asked {times}{ago(gap.latest.given.date(), today)}"]
            lines += [f"\u2022 {source_line(one, self.origins, today)}" for one in said.nearest]
            blocks.append(context(joined(lines)))
        if private:
            more = f"{private:,} question{'s' if private > 1 else ''} asked in private"
            blocks.append(context(f"And {more}, which I show to nobody."))
        return Message(text, blocks)
