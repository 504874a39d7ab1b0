"""The actions of a person in the page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from typing import Any

from bot.playground.errors import CannotAct
from bot.playground.model import Json, Message, View
from bot.playground.page.ports import PageParts
from bot.playground.page.typing import as_sent, filled_in
from bot.playground.page.wire import traffic
from bot.playground.workspace import LocalSlack
from indexers.errors import IndexUnavailable

MOST_CHARACTERS = 12_000
"""Of a typed text."""

_CONTROL = re.compile(r"<[^<>]*>")

_Action = Callable[[str, Mapping[str, Any]], Awaitable[Json | None]]


class Acting:
    """The actions of people in a workspace, as the page sends them: ``do`` names one, and the other
    fields are what it needs."""

    def __init__(self, slack: LocalSlack, parts: PageParts) -> None:
        self._slack = slack
        self._pages, self._reasons, self._model = parts.pages, parts.reasons, parts.model
        self._actions: Mapping[str, _Action] = {
            "say": self._say,
            "command": self._command,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "messages": self._messages,
            "stop": self._stop,
            "pages": self._list_pages,
            "page": self._read_page,
            "save": self._save_page,
            "why": self._why,
            "model": self._switch_model,
        }

    async def act(self, user: str, wanted: Mapping[str, Any]) -> Json:
        """Do what ``user`` wants, and return what came of it.

        Raises:
            CannotAct: Slack's window would not allow it; the message says why.
        """
        action = self._actions.get(_text(wanted, "do"))
        if action is None:
            raise CannotAct("there is no such action")
        return await action(user, wanted) or {}

    async def _say(self, user: str, wanted: Mapping[str, Any]) -> None:
        channel, thread = _text(wanted, "channel"), _text(wanted, "thread_ts")
        text = self._typed(user, wanted)
        await self._slack.say(user, channel, text, thread_ts=thread or None)

    async def _command(self, user: str, wanted: Mapping[str, Any]) -> None:
        channel = _text(wanted, "channel")
        if channel not in self._slack.channels:
            raise CannotAct(f"no such channel: {channel}")
        command, _, rest = self._typed(user, wanted).partition(" ")
        delivery = await self._slack.command(user, channel, command, rest.strip())
        if not delivery.acked:
            raise CannotAct(f"{command} failed: Footnote did not answer within 3 seconds")

    async def _edit(self, user: str, wanted: Mapping[str, Any]) -> None:
        await self._slack.edit(self._own(user, wanted), self._typed(user, wanted))

    async def _delete(self, user: str, wanted: Mapping[str, Any]) -> None:
        await self._slack.delete(self._own(user, wanted))

    async def _react(self, user: str, wanted: Mapping[str, Any]) -> None:
        message, name = self._message(user, wanted), _text(wanted, "name")
        if not name or len(name) > 80:
            raise CannotAct("there is no such emoji")
        if user in message.reactions.get(name, ()):
            await self._slack.unreact(user, message, name)
        else:
            await self._slack.react(user, message, name)

    async def _click(self, user: str, wanted: Mapping[str, Any]) -> None:
        where = self._view(user, wanted) if wanted.get("view_id") else self._message(user, wanted)
        action = _text(wanted, "action_id")
        delivery = await self._slack.click(user, where, action, wanted.get("value"))
        if not delivery.acked:
            raise CannotAct("Footnote did not answer within 3 seconds")

    async def _submit(self, user: str, wanted: Mapping[str, Any]) -> Json:
        values = wanted.get("values")
        view = self._view(user, wanted)
        submission = await self._slack.submit(
            user, view, filled_in(values if isinstance(values, dict) else {})
        )
        if not submission.accepted and not submission.errors:
            raise CannotAct("Footnote did not accept the form")
        return {"errors": dict(submission.errors)}

    async def _close(self, user: str, wanted: Mapping[str, Any]) -> None:
        await self._slack.close_view(user, self._view(user, wanted))

    async def _home(self, user: str, _: Mapping[str, Any]) -> None:
        await self._slack.open_home(user)

    async def _messages(self, user: str, _: Mapping[str, Any]) -> None:
        await self._slack.open_home(user, "messages")

    async def _stop(self, user: str, wanted: Mapping[str, Any]) -> None:
        channel, thread = _text(wanted, "channel"), _text(wanted, "thread_ts")
        await self._slack.stop_agent(user, channel, thread)

    # Wikis and reasons

    async def _list_pages(self, user: str, _: Mapping[str, Any]) -> Json:
        return {"pages": await asyncio.to_thread(self._pages.list, self._email(user))}

    async def _read_page(self, user: str, wanted: Mapping[str, Any]) -> Json:
        url = _text(wanted, "url")
        return {"page": await asyncio.to_thread(self._pages.read, self._email(user), url)}

    async def _save_page(self, user: str, wanted: Mapping[str, Any]) -> None:
        email, url, text = self._email(user), _text(wanted, "url"), _text(wanted, "text")
        if not await asyncio.to_thread(self._pages.save, email, url, text):
            raise CannotAct("there is no such page")

    async def _why(self, user: str, wanted: Mapping[str, Any]) -> Json:
        message = self._message(user, wanted)
        asked = [
            _words(one.text)
            for one in self._slack.thread(message.channel, message.root)
            if not one.bot_id and one.ts < message.ts
        ]
        until = float((message.edited or {}).get("ts") or message.ts)
        try:
            why = await asyncio.to_thread(self._reasons.explain, message.channel, asked, until)
        except IndexUnavailable as error:
            raise CannotAct(str(error)) from None
        return {"why": why, "wire": traffic(self._slack, message)}

    async def _switch_model(self, _: str, wanted: Mapping[str, Any]) -> None:
        if self._model is None:
            raise CannotAct("there is no recorded model here")
        self._model.on = wanted.get("on") is True
        self._slack.changes.happened()

    # Helpers

    def _email(self, user: str) -> str:
        return self._slack.people[user].email

    def _typed(self, user: str, wanted: Mapping[str, Any]) -> str:
        text = _text(wanted, "text").strip()
        if not text:
            raise CannotAct("there is no text")
        if len(text) > MOST_CHARACTERS:
            raise CannotAct(f"a message may have {MOST_CHARACTERS:,} characters")
        people = {one.name.lower(): one.id for one in self._slack.people.values()}
        channels = {
            one.name.lower(): one.id
            for one in self._slack.channels.values()
            if one.kind != "im" and (one.kind == "channel" or user in one.members)
        }
        return as_sent(text, people, channels)

    def _message(self, user: str, wanted: Mapping[str, Any]) -> Message:
        channel, ts = _text(wanted, "channel"), _text(wanted, "ts")
        for message in self._slack.ephemerals(user, channel):
            if message.ts == ts:
                return message
        place = self._slack.channels.get(channel)
        message_ = self._slack.messages.get(channel, {}).get(ts)
        if place is None or message_ is None or user not in place.members:
            raise CannotAct("there is no such message")
        return message_

    def _own(self, user: str, wanted: Mapping[str, Any]) -> Message:
        message = self._message(user, wanted)
        if message.user != user:
            raise CannotAct("only its author may do that")
        return message

    def _view(self, user: str, wanted: Mapping[str, Any]) -> View:
        home = self._slack.home(user)
        for view in (*self._slack.views(user), *([home] if home else [])):
            if view.id == wanted.get("view_id"):
                return view
        raise CannotAct("there is no such window")


def _text(wanted: Mapping[str, Any], name: str) -> str:
    value = wanted.get(name, "")
    return value if isinstance(value, str) else ""


def _words(text: str) -> str:
    """Return a message's words, as a question is made of them."""
    return " ".join(unescape(_CONTROL.sub(" ", text)).split())
