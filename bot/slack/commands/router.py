"""The router of `/wiki`: from Slack's payload to the subcommand, for people who may call it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation.addressing import looks_like_question
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.slack.api.replying import reply
from footnote_bot.bot.slack.commands.arguments import is_argument, words_of
from footnote_bot.bot.slack.commands.call import Call, For, Misused, Subcommand
from footnote_bot.bot.slack.events.parsing import MOST_CHARACTERS, storable
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.rights.person import Membership
from footnote_bot.bot.slack.texts import commands as texts

logger = logging.getLogger(__name__)

MEMBERS_ONLY = say(texts.MEMBERS_ONLY, texts.ASK_A_MEMBER)
_QUESTION = 4
"""Words from which on an unknown command counts as a question, whatever it begins with. So does a
text that begins like a command if the command cannot be run with these words."""


class Commands:
    """The subcommands of `/wiki`, in the order of the help. ``ask`` asks a person's question and
    returns where it is answered."""

    def __init__(
        self,
        people: SlackPeople,
        subcommands: Sequence[Subcommand],
        ask: Callable[[str, str], Awaitable[Message]],
    ) -> None:
        self._people = people
        self._ask = ask
        self._subcommands = {each.name: each for each in subcommands}

    async def wiki(self, command: Mapping[str, Any], respond: AsyncRespond) -> None:
        async def answer(message: Message) -> None:
            await reply(respond, message)

        typed = str(command.get("text") or "")[:MOST_CHARACTERS]
        text = await asyncio.to_thread(storable, typed)
        name, *words = await asyncio.to_thread(words_of, text) or ("help",)
        call = Call(
            command["user_id"],
            command["channel_id"],
            tuple(words),
            answer,
            trigger=str(command.get("trigger_id") or ""),
        )
        has_mark = await asyncio.to_thread(looks_like_question, text)
        is_long = len(words) >= _QUESTION - 1
        in_words = not any(map(is_argument, words))
        chosen = self._subcommands.get(name.casefold())
        if chosen is None and name.casefold() == "help" and not (in_words and is_long):
            await answer(await self._help(call))
        elif chosen is None and (is_long or has_mark):
            await answer(await self._ask(call.person, text))
        elif chosen is None:
            await answer(say(texts.unknown_command(name[:100]), texts.SEE_HELP))
        elif no := await self._refusal(chosen, call.person):
            # "Access to the VPN?" begins like a command for admins.
            asks = in_words and (has_mark or is_long)
            await answer(await self._ask(call.person, text) if asks else no)
        else:
            try:
                await chosen.run(call)
            except Misused as error:
                # An admin's long line is more likely a mistaken command.
                asks = in_words and (has_mark or (is_long and chosen.who is not For.ADMINS))
                usage = say(str(error), texts.right_usage(chosen.usage))
                await answer(await self._ask(call.person, text) if asks else usage)

    async def _refusal(self, chosen: Subcommand, person: str) -> Message | None:
        match chosen.who:
            case For.ADMINS if not await self._people.is_admin(person):
                return say(texts.admins_only(chosen.name), texts.ASK_AN_ADMIN)
            case For.MEMBERS:
                caller = await self._people.person(person)
                return None if caller.membership is Membership.MEMBER else MEMBERS_ONLY
        return None

    async def _help(self, call: Call) -> Message:
        """Return a line for each subcommand that the person may use here."""
        callers = {For.ANYBODY}
        try:
            if (await self._people.person(call.person)).membership is Membership.MEMBER:
                callers.add(For.MEMBERS)
            if await self._people.is_admin(call.person):
                callers.add(For.ADMINS)
        except ChatUnavailable as error:
            logger.info("The help leaves out what %s may use: %s", call.person, error)
        lines = [
            texts.help_line(each.usage, each.says)
            for each in self._subcommands.values()
            if each.who in callers and (each.is_usable is None or await each.is_usable(call))
        ]
        lines += [texts.HELP_ON_QUESTIONS, texts.HELP_ON_HELP]
        return say(texts.INTRODUCTION, "\n".join(lines))
