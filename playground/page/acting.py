"""The actions of a person in the page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from typing import Any

from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.playground.page.ports import PageParts
from footnote_bot.playground.page.typing import as_sent, filled_in
from footnote_bot.playground.slack.core import WINDOW
from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.model import Json, Message, View
from footnote_bot.playground.slack.workspace import LocalSlack

MOST_CHARACTERS = 12_000
"""Of a typed text."""

_CONTROL = re.compile(r"<[^<>]*>")

_Action = Callable[[str, Mapping[str, Any]], Awaitable[Json | None]]


class Acting:
    """The actions of people in a workspace, as the page requests them: ``do`` names the action, and
    the other fields are its arguments."""

    def __init__(self, slack: LocalSlack, parts: PageParts) -> None:
        self._slack = slack
        self._pages, self._explain, self._model = parts.pages, parts.explain, parts.model
        self._start_up = parts.start_up
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

    async def act(self, user: str, request: Mapping[str, Any]) -> Json:
        """Carry out the action that ``user`` requests, and return its result.

        Raises:
            CannotAct: Slack's window would not allow it; the message says why.
        """
        action = self._actions.get(_text(request, "do"))
        if action is None:
            raise CannotAct("there is no such action")
        return await action(user, request) or {}

    async def _say(self, user: str, request: Mapping[str, Any]) -> Json:
        channel, thread = _text(request, "channel"), _text(request, "thread_ts")
        text = self._typed(user, request)
        message = await self._slack.say(user, channel, text, thread_ts=thread or None)
        return {"ts": message.ts}

    async def _command(self, user: str, request: Mapping[str, Any]) -> None:
        channel = _text(request, "channel")
        if channel not in self._slack.channels:
            raise CannotAct(f"no such channel: {channel}")
        command, _, text = self._typed(user, request).partition(" ")
        delivery = await self._slack.command(user, channel, command, text.strip())
        if not delivery.acked:
            why = self._start_up.says or "Footnote did not answer within 3 seconds"
            raise CannotAct(f"{command} failed: {why}")

    async def _edit(self, user: str, request: Mapping[str, Any]) -> None:
        await self._slack.edit(self._own(user, request), self._typed(user, request))

    async def _delete(self, user: str, request: Mapping[str, Any]) -> None:
        await self._slack.delete(self._own(user, request))

    async def _react(self, user: str, request: Mapping[str, Any]) -> None:
        message, name = self._message(user, request), _text(request, "name")
        if not name or len(name) > 80:
            raise CannotAct("there is no such emoji")
        if user in message.reactions.get(name, ()):
            await self._slack.unreact(user, message, name)
        else:
            await self._slack.react(user, message, name)

    async def _click(self, user: str, request: Mapping[str, Any]) -> None:
        target = (
            self._view(user, request) if request.get("view_id") else self._message(user, request)
        )
        action = _text(request, "action_id")
        delivery = await self._slack.click(user, target, action, request.get("value"))
        if not delivery.acked:
            raise CannotAct("Footnote did not answer within 3 seconds")

    async def _submit(self, user: str, request: Mapping[str, Any]) -> Json:
        values = request.get("values")
        view = self._view(user, request)
        submission = await self._slack.submit(
            user, view, filled_in(values if isinstance(values, dict) else {})
        )
        if not submission.accepted and not submission.errors:
            raise CannotAct("Footnote did not accept the form")
        return {"errors": dict(submission.errors)}

    async def _close(self, user: str, request: Mapping[str, Any]) -> None:
        await self._slack.close_view(user, self._view(user, request))

    async def _home(self, user: str, _: Mapping[str, Any]) -> None:
        await self._slack.open_home(user)

    async def _messages(self, user: str, _: Mapping[str, Any]) -> None:
        await self._slack.open_home(user, "messages")

    async def _stop(self, user: str, request: Mapping[str, Any]) -> None:
        channel, thread = _text(request, "channel"), _text(request, "thread_ts")
        await self._slack.stop_agent(user, channel, thread)

    # Wikis and reasons

    async def _list_pages(self, user: str, _: Mapping[str, Any]) -> Json:
        return {"pages": await asyncio.to_thread(self._pages.list, self._email(user))}

    async def _read_page(self, user: str, request: Mapping[str, Any]) -> Json:
        url = _text(request, "url")
        return {"page": await asyncio.to_thread(self._pages.read, self._email(user), url)}

    async def _save_page(self, user: str, request: Mapping[str, Any]) -> None:
        email, url, text = self._email(user), _text(request, "url"), _text(request, "text")
        if not await asyncio.to_thread(self._pages.save, email, url, text):
            raise CannotAct("there is no such page")

    async def _why(self, user: str, request: Mapping[str, Any]) -> Json:
        message = self._message(user, request)
        questions = [
            _words(earlier.text)
            for earlier in self._slack.history(message.channel)
            if not earlier.bot_id
            and earlier.ts < message.ts
            # An answer for its asker alone may be in no thread.
            and (earlier.root == message.root or earlier.user == message.only_for)
        ]
        until = float((message.edited or {}).get("ts") or message.ts)
        try:
            why = await asyncio.to_thread(self._explain, message.channel, questions, until)
        except IndexUnavailable as error:
            raise CannotAct(str(error)) from None
        return {"why": why}

    async def _switch_model(self, _: str, request: Mapping[str, Any]) -> None:
        if self._model is None:
            raise CannotAct("there is no recorded model here")
        self._model.on = request.get("on") is True
        self._slack.changes.happened()

    # Helpers

    def _email(self, user: str) -> str:
        return self._slack.people[user].email

    def _typed(self, user: str, request: Mapping[str, Any]) -> str:
        text = _text(request, "text").strip()
        if not text:
            raise CannotAct("there is no text")
        if len(text) > MOST_CHARACTERS:
            raise CannotAct(f"a message may have {MOST_CHARACTERS:,} characters")
        people = {person.name.lower(): person.id for person in self._slack.people.values()}
        channels = {
            channel.name.lower(): channel.id
            for channel in self._slack.channels.values()
            if channel.kind != "im" and (channel.kind == "channel" or user in channel.members)
        }
        return as_sent(text, people, channels)

    def _message(self, user: str, request: Mapping[str, Any]) -> Message:
        channel, ts = _text(request, "channel"), _text(request, "ts")
        for message in self._slack.ephemerals(user, channel):
            if message.ts == ts:
                return message
        place = self._slack.channels.get(channel)
        message_ = self._slack.messages.get(channel, {}).get(ts)
        if place is None or message_ is None or user not in place.members:
            raise CannotAct("there is no such message")
        return message_

    def _own(self, user: str, request: Mapping[str, Any]) -> Message:
        message = self._message(user, request)
        if message.user != user:
            raise CannotAct("only its author may do that")
        return message

    def _view(self, user: str, request: Mapping[str, Any]) -> View:
        home = self._slack.home(user)
        for view in (*self._slack.views(user, WINDOW.get()), *([home] if home else [])):
            if view.id == request.get("view_id"):
                return view
        raise CannotAct("there is no such window")


def _text(request: Mapping[str, Any], name: str) -> str:
    value = request.get(name, "")
    return value if isinstance(value, str) else ""


def _words(text: str) -> str:
    """Return a message's words, as the question made from them has them."""
    return " ".join(unescape(_CONTROL.sub(" ", text)).split())
