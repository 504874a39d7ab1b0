"""The command `/wiki reindex`: the scope is resolved before anything begins."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from footnote_bot.bot.operations.model import Order
from footnote_bot.bot.operations.ports import Reindexing
from footnote_bot.bot.slack.commands.call import Call, Misused, address, options
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer
from footnote_bot.bot.slack.rendering.message import say
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.indexers.errors import IndexersError

FULL, DRY_RUN = "--full", "--dry-run"


@dataclass(frozen=True, slots=True)
class Reindex:
    reindexing: Reindexing
    reindexer: Reindexer

    async def run(self, call: Call) -> None:
        arguments, chosen = options(call.words, {FULL, DRY_RUN})
        if len(arguments) > 1:
            raise Misused(texts.ONE_SCOPE)
        part = None
        if arguments:
            # A wiki is asked about a space or page, which takes a while.
            scope = address(arguments[0]) or arguments[0]
            try:
                part = await asyncio.to_thread(self.reindexing.part, scope)
            except IndexersError as error:
                await call.respond(say(str(error)))
                return
        if part and not part.is_whole and FULL in chosen:
            raise Misused(texts.FULL_IS_FOR_WIKIS)
        order = Order(part, full=FULL in chosen, dry_run=DRY_RUN in chosen)
        await self.reindexer.start(order, call.channel, call.person, call.respond)
