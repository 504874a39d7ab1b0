"""The router of `/wiki`: from Slack's payload to the subcommand, for people who may call it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.conversation.addressing import looks_like_question
from bot.errors import ChatUnavailable
from bot.slack.commands.arguments import words_of
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.events.parsing import MOST_CHARACTERS
from bot.slack.rendering.message import Message, say
from bot.slack.rights.people import SlackPeople
from bot.slack.rights.person import Membership

logger = logging.getLogger(__name__)

INTRODUCTION = "Mention me in a channel, or write to me directly, and I answer from the wiki."
MEMBERS_ONLY = say("I tell this to members of this workspace only.", "Ask one of them.")
_QUESTION = 4
"""Words after which a command that nobody knows is a question, whatever it begins with."""


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
            await respond(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                unfurl_links=False,
                unfurl_media=False,
            )

        text = str(command.get("text") or "")[:MOST_CHARACTERS]
        name, *words = await asyncio.to_thread(words_of, text) or ("help",)
        call = Call(
            command["user_id"],
            command["channel_id"],
            tuple(words),
            answer,
            trigger=str(command.get("trigger_id") or ""),
        )
        chosen = self._subcommands.get(name.casefold())
        if chosen is None and name.casefold() == "help":
            await answer(await self._help(call))
        elif chosen is None and (
            len(words) >= _QUESTION - 1 or await asyncio.to_thread(looks_like_question, text)
        ):
            await answer(await self._ask(call.person, text))
        elif chosen is None:
            await answer(say(f"I do not know /wiki {name[:100]}.", _SEE))
        elif no := await self._refusal(chosen, call.person):
            await answer(no)
        else:
            try:
                await chosen.run(call)
            except Misused as error:
                await answer(say(str(error), f"/wiki {chosen.usage}"))

    async def _refusal(self, chosen: Subcommand, person: str) -> Message | None:
        match chosen.who:
            case For.ADMINS if not await self._people.is_admin(person):
                return say(
                    f"Only admins may use /wiki {chosen.name}.", f"Ask one of them. {_YOURS}"
                )
            case For.MEMBERS:
                found = await self._people.person(person)
                return None if found.membership is Membership.MEMBER else MEMBERS_ONLY
        return None

    async def _help(self, call: Call) -> Message:
        """Return a line for each subcommand that the person may use here."""
        who = {For.ANYBODY}
        try:
            if (await self._people.person(call.person)).membership is Membership.MEMBER:
                who.add(For.MEMBERS)
            if await self._people.is_admin(call.person):
                who.add(For.ADMINS)
        except ChatUnavailable as error:
            logger.info("The help leaves out what %s may use: %s", call.person, error)
        lines = [
            f"/wiki {each.usage}: {each.says}"
            for each in self._subcommands.values()
            if each.who in who and (each.is_usable is None or await each.is_usable(call))
        ]
        asked = "/wiki and a question: I answer it in our direct messages"
        return say(INTRODUCTION, "\n".join([*lines, asked, "/wiki help: this"]))


_YOURS = "/wiki help has what you can use."
_SEE = f"{_YOURS} Or ask a question: /wiki how do I ...?"
