"""The command `/wiki gaps`: questions that the wiki does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.flags.insights import LATELY, Gap, Insights
from footnote_bot.bot.model import NoAnswer
from footnote_bot.bot.slack.commands.call import Call
from footnote_bot.bot.slack.rendering.blocks import joined, source_line
from footnote_bot.bot.slack.rendering.figures import asked, question, volume
from footnote_bot.bot.slack.rendering.message import Block, Message, context, say, section
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.bot.slack.texts.home import kept_private, last_days

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps. An admin sees questions asked in public channels; the others are only counted. The
    nearest pages are searched again among those that everyone may read now."""

    insights: Insights
    clock: Callable[[], datetime]
    origins: frozenset[str]

    async def run(self, call: Call) -> None:
        public, private = await self.insights.unanswered(LATELY)
        gaps = await self.insights.gaps(public, _SHOWN)
        if not gaps and not private:
            await call.respond(say(texts.no_gaps(LATELY.days)))
            return
        figures = last_days(LATELY.days, volume(await self.insights.volume(LATELY)))
        await call.respond(await asyncio.to_thread(self._message, figures, gaps, private))

    def _message(self, figures: str, gaps: list[tuple[Gap, NoAnswer]], private: int) -> Message:
        """Return the list of gaps, each with the result that has its nearest pages; ``figures`` are
        the numbers of all questions, and ``private`` counts gaps asked in private."""
        text = texts.NOT_ANSWERED if gaps else texts.none_to_show(LATELY.days)
        blocks: list[Block] = [section(text), context(figures)]
        today = self.clock().date()
        for gap, result in gaps:
            blocks.append(section(f"*{question(gap.latest.asked.question)}*"))
            lines = [asked(gap, today)]
            lines += [
                f"\u2022 {source_line(source, self.origins, today)}" for source in result.nearest
            ]
            blocks.append(context(joined(lines)))
        if private:
            blocks.append(context(kept_private(private)))
        return Message(text, blocks)
