"""`/wiki ...`"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.slack.channel_settings import ChannelForms
from bot.slack.message import Message, say
from bot.slack.people import People
from bot.slack.reindex import Reindexer

HELP = say(
    "Mention me in a channel, or write to me directly, and I answer from the wiki.",
    "/wiki settings: how I answer in this channel (whoever made it, and admins)\n"
    "/wiki reindex [wiki]: read the wiki again now (admins)\n/wiki help: this",
)
ADMINS_ONLY = say("Only admins can start a reindex.")


@dataclass(frozen=True, slots=True)
class Commands:
    people: People
    reindexer: Reindexer
    forms: ChannelForms

    async def wiki(self, command: Mapping[str, Any], respond: AsyncRespond) -> None:
        async def whisper(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        match str(command.get("text") or "").split():
            case [] | ["help"]:
                await whisper(HELP)
            case ["settings"]:
                await self.forms.ask(command, whisper)
            case ["reindex"] | ["reindex", _] as words:
                await self._reindex(words[1:], command, whisper)
            case words:
                await whisper(say(f"I do not know /wiki {' '.join(words)[:100]}. Try /wiki help."))

    async def _reindex(self, names: list[str], command: Mapping[str, Any], whisper: Any) -> None:
        person = command["user_id"]
        if not await self.people.is_admin(person):
            await whisper(ADMINS_ONLY)
            return
        known = self.reindexer.wikis()
        if unknown := [name for name in names if name not in known]:
            await whisper(
                say(f"There is no wiki called {unknown[0][:100]}. I know: {', '.join(known)}.")
            )
            return
        wiki = names[0] if names else None
        await self.reindexer.start(wiki, command["channel_id"], person, whisper)
