"""The command `/wiki flags`: unsettled flags."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Flag, question_of
from footnote_bot.bot.slack.api.slack_api import SlackApi
from footnote_bot.bot.slack.commands.call import Call
from footnote_bot.bot.slack.rendering.blocks import ago, joined
from footnote_bot.bot.slack.rendering.figures import question
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.message import Message, context, say, section
from footnote_bot.bot.slack.rendering.mrkdwn import link, literal
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.indexers.text.prose import plain

_SHOWN = 10
_COMMENT_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Flags:
    """The unsettled flags. As the form promises, question and comment go to the wiki's owners. The
    answer does not: its card shows the parts that an admin may read."""

    feedback: Feedback
    api: SlackApi
    clock: Callable[[], datetime]

    async def run(self, call: Call) -> None:
        flags = await self.feedback.open_flags()
        if not flags:
            await call.respond(say(texts.NO_OPEN_FLAG))
            return
        shown = flags[:_SHOWN]
        cards = [
            await self.api.address(flag.card.channel, flag.card.ts) if flag.card else ""
            for flag in shown
        ]
        questions = [question_of(flag.recorded) for flag in shown]
        message = await asyncio.to_thread(self._message, shown, questions, cards, len(flags))
        await call.respond(message)

    def _message(
        self, shown: Sequence[Flag], questions: Sequence[str], cards: Sequence[str], number: int
    ) -> Message:
        """Return the list of flags. ``cards`` are the addresses of their cards (empty: none), and
        ``number`` counts all open flags, also those that are not ``shown``."""
        text = texts.open_flags(number)
        blocks = [section(text)]
        for flag, words, card in zip(shown, questions, cards, strict=True):
            heading = texts.flag_heading(literal(flag.complaint.words), question(words))
            blocks.append(section(heading))
            lines = [texts.flagged(ago(flag.raised.date(), self.clock().date()))]
            if card:
                lines[0] += f" \u00b7 {link(card, texts.OPEN_CARD, origins([card]))}"
            if flag.comment:
                lines.append(literal(" ".join(plain(flag.comment).split())[:_COMMENT_SHOWN]))
            blocks.append(context(joined(lines)))
        if number > len(shown):
            blocks.append(context(texts.more_flags(number - len(shown))))
        return Message(text, blocks)
