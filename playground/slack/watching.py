"""Observations of a person, or a test, and waiting for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.model import Message, View

T = TypeVar("T")

PATIENCE = 240.0
"""Seconds that a wait lasts at most. Only a failing wait takes so long, and a busy machine may be
thirty times slower than an idle one."""


class Watching(Core):
    """Observations of the workspace. Every wait wakes when it changes."""

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """Return messages that only ``user`` sees. A message in a thread is visible only if the
        thread has replies: Slack loses others, and those that were sent to a reply's ts."""
        return [
            message
            for message in self.ephemeral
            if message.only_for == user
            and channel in (None, message.channel)
            and self._has_thread(message)
        ]

    def home(self, user: str) -> View | None:
        return self.homes.get(user)

    def from_app(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """Return the app's messages in a channel, or in one thread of it."""
        return [
            message
            for message in self.history(channel)
            if message.user == self.bot_user_id and thread_ts in (None, message.root)
        ]

    async def wait_for(
        self,
        predicate: Callable[[], T | None],
        *,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - says what it saw instead
        describe: Callable[[], str] | None = None,
    ) -> T:
        """Return the result of ``predicate``, once it is true.

        Raises:
            TimeoutError: with the result of ``describe``.
        """
        return await self.changes.until(
            predicate, timeout=timeout, otherwise=describe or self._summary
        )

    async def wait_for_message(
        self,
        channel: str,
        where: Callable[[Message], bool] = lambda _message: True,
        *,
        thread_ts: str | None = None,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - says what it saw instead
    ) -> Message:
        """Return the first message of the app that fits.

        Raises:
            TimeoutError: naming the messages that were there.
        """
        return await self.wait_for(
            lambda: next(filter(where, self.from_app(channel, thread_ts)), None),
            timeout=timeout,
            describe=lambda: self._seen(self.from_app(channel, thread_ts)),
        )

    async def wait_for_ephemeral(
        self,
        user: str,
        where: Callable[[Message], bool] = lambda _message: True,
        *,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - says what it saw instead
    ) -> Message:
        return await self.wait_for(
            lambda: next(filter(where, self.ephemerals(user)), None),
            timeout=timeout,
            describe=lambda: self._seen(self.ephemerals(user)),
        )

    async def wait_for_view(
        self,
        user: str,
        where: Callable[[View], bool] = lambda _view: True,
        *,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - says what it saw instead
    ) -> View:
        """Return the topmost modal of ``user``, once it fits."""
        return await self.wait_for(
            lambda: next(filter(where, self.views(user)[-1:]), None), timeout=timeout
        )

    async def wait_for_home(
        self,
        user: str,
        where: Callable[[View], bool] = lambda _view: True,
        *,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - says what it saw instead
    ) -> View:
        """Return the home tab of ``user``, once it fits."""
        return await self.wait_for(
            lambda: next(filter(where, filter(None, [self.home(user)])), None), timeout=timeout
        )

    async def settled(self, *, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - says what it saw instead
        """Wait until every delivery is acknowledged or has failed for good."""
        await self.wait_for(
            lambda: all(delivery.settled for delivery in self.deliveries), timeout=timeout
        )

    def _has_thread(self, message: Message) -> bool:
        if message.thread_ts is None:
            return True
        parent = self.messages.get(message.channel, {}).get(message.thread_ts)
        return parent is not None and not parent.is_reply and bool(self.replies(parent))

    def _seen(self, messages: list[Message]) -> str:
        texts = [f"{message.ts}: {message.text[:120]!r}" for message in messages]
        return f"there was {texts or 'nothing'}; {self._summary()}"

    def _summary(self) -> str:
        open_ = [d.event_type for d in self.deliveries if not d.settled]
        failed = [d.event_type for d in self.deliveries if d.settled and not d.acked]
        return f"deliveries under way: {open_}, not acknowledged: {failed}"
