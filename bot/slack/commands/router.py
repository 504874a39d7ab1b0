"""The router of `/wiki`: from Slack's payload to the subcommand, for people who may call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.slack.commands.arguments import words_of
from bot.slack.commands.call import Call, For, Misused, Subcommand
from bot.slack.rendering.message import Message, say
from bot.slack.rights.people import SlackPeople
from bot.slack.rights.person import Membership

INTRODUCTION = "Mention me in a channel, or write to me directly, and I answer from the wiki."
MEMBERS_ONLY = say("I tell this to members of this workspace only.")


class Commands:
    """The subcommands of `/wiki`, in the order of the help."""

    def __init__(self, people: SlackPeople, subcommands: Sequence[Subcommand]) -> None:
        self._people = people
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

        name, *words = words_of(str(command.get("text") or "")) or ("help",)
        call = Call(
            command["user_id"],
            command["channel_id"],
            tuple(words),
            answer,
            trigger=str(command.get("trigger_id") or ""),
        )
        chosen = self._subcommands.get(name.casefold())
        if chosen is None:
            await answer(
                self._help() if name == "help" else say(f"I do not know /wiki {name[:100]}.", *_SEE)
            )
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
                return say(f"Only admins may use /wiki {chosen.name}.")
            case For.MEMBERS:
                found = await self._people.person(person)
                return None if found.membership is Membership.MEMBER else MEMBERS_ONLY
        return None

    def _help(self) -> Message:
        lines = [
            f"/wiki {each.usage}: {each.says}{' (admins)' * (each.who is For.ADMINS)}"
            for each in self._subcommands.values()
        ]
        return say(INTRODUCTION, "\n".join([*lines, "/wiki help: this"]))


_SEE = ("Try /wiki help.",)
