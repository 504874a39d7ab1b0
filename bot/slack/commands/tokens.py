"""The command `/wiki token`: tokens for a person's own agents."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.agents.errors import TokenRefused
from footnote_bot.bot.agents.model import PersonalToken
from footnote_bot.bot.agents.tokens import PersonalTokens
from footnote_bot.bot.slack.api.slack_api import reply
from footnote_bot.bot.slack.commands.call import Call, Misused
from footnote_bot.bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    say,
    section,
)
from footnote_bot.bot.slack.rendering.mrkdwn import literal
from footnote_bot.bot.slack.texts import commands as texts

REVOKE = "revoke_token"
"""The action id of the button, whose value is the token's name."""


@dataclass(frozen=True, slots=True)
class TokenCommand:
    """The tokens of people in the workspace ``team``. Only the person sees the reply."""

    tokens: PersonalTokens
    team: str

    async def run(self, call: Call) -> None:
        match call.words:
            case ():
                message = Message(texts.YOUR_TOKENS, await self.blocks(call.person))
            case ("new", name):
                message = await self._new(call.person, name)
            case ("revoke", name):
                message = await self._revoke(call.person, name)
            case _:
                raise Misused(texts.TOKEN_WORDS)
        await call.respond(message)

    async def revoked(
        self,
        body: Mapping[str, Any],
        respond: AsyncRespond,
        show_home: Callable[[str], Awaitable[None]],
    ) -> None:
        """Revoke the token whose button was pressed, in a reply or on the Home tab."""
        person = body["user"]["id"]
        message = await self._revoke(person, str(body["actions"][0].get("value") or ""))
        if body.get("view"):
            await show_home(person)
        else:
            await reply(respond, message)

    async def blocks(self, person: str) -> list[Block]:
        """Return the person's tokens, each with a button."""
        tokens = await asyncio.to_thread(self.tokens.of, self.team, person)
        if not tokens:
            return [context(texts.NO_TOKENS)]
        return [block for token in tokens for block in self._line_and_button(token)]

    def _line_and_button(self, token: PersonalToken) -> Sequence[Block]:
        is_expired = self.tokens.is_over(token)
        words = texts.expired(token.name) if is_expired else texts.valid(token.name, token.expires)
        label, aloud = texts.REVOKE, texts.revoke_aloud(token.name)
        return section(literal(words)), actions(button(REVOKE, label, token.name, aloud=aloud))

    async def _new(self, person: str, name: str) -> Message:
        """Make a token, and return the message that shows it once."""
        try:
            token, stored = await asyncio.to_thread(self.tokens.new, self.team, person, name)
        except TokenRefused as error:
            return say(str(error))
        title = texts.made(stored.name, stored.expires)
        blocks = [section(literal(title)), section(f"```{token}```"), context(texts.ONCE)]
        return Message(title, blocks)

    async def _revoke(self, person: str, name: str) -> Message:
        number = 0
        if name:  # without one, all would be revoked
            number = await asyncio.to_thread(self.tokens.revoke, self.team, person, name)
        return say(texts.revoked(name) if number else texts.no_such_token(name[:100]))
