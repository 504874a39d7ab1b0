"""Replies of an app through a ``response_url``."""

from __future__ import annotations

from typing import Any

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.response_urls import ResponseUrl
from footnote_bot.playground.slack.web_api.content import message_content
from footnote_bot.playground.slack.web_api.method import Arguments


class Responding(Core):
    def response_url(self, key: str) -> str:
        return f"{self.url}/respond/{key}"

    def respond(self, key: str, content: Any) -> None:
        """Post, replace or delete, as the app asks.

        Raises:
            Refusal: ``used_url`` after five uses, half an hour, or if there is no such address;
                or the problem with the content.
        """
        address = self.response_urls.use(key)
        if address is None:
            raise Refusal("used_url")
        if not isinstance(content, dict):
            raise Refusal("invalid_payload")
        arguments = Arguments(content)
        original = self._original(address)
        if original is not None and arguments.flag("delete_original"):
            self._take_away(original)
        elif original is not None and arguments.flag("replace_original"):
            self._rewrite(original, arguments)
        else:
            in_channel = content.get("response_type") == "in_channel"
            self.post(
                self.from_bot(
                    address.channel,
                    only_for=None if in_channel else address.user,
                    thread_ts=arguments.text("thread_ts") or None,
                    **message_content(arguments),
                )
            )

    def _original(self, address: ResponseUrl) -> Message | None:
        if address.ephemeral:
            return next((m for m in self.ephemeral if m.ts == address.original), None)
        return self.messages.get(address.channel, {}).get(address.original or "")

    def _take_away(self, message: Message) -> None:
        if message.only_for is None:
            self.remove(message)
        else:
            self.ephemeral.remove(message)
            self.changes.happened()

    def _rewrite(self, message: Message, arguments: Arguments) -> None:
        before = message.wire(self.replies(message))
        content = message_content(arguments)
        message.text = content.get("text", "")
        message.blocks = with_ids(content.get("blocks", []))
        if message.only_for is None:
            self.changed(message, before)
        self.changes.happened()
