"""The local Slack and its page, in a thread of their own."""

from __future__ import annotations

import asyncio
import secrets
import threading
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from footnote_bot.playground.page.furnishing import COLLEAGUE, GENERAL, OwnWikis, Role, furnish
from footnote_bot.playground.page.ports import PageParts
from footnote_bot.playground.page.server import PageServer
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.workspace import LocalSlack

_PATIENCE = 3_600.0
"""Seconds until the first answer: the wikis may have to be indexed before."""
_FOR_AN_HOUR = Timing(retries=(0.0,) * 1_000)
"""Events are sent again for an hour, not three times: questions are asked before the bot starts."""


class RunningPlayground:
    """A furnished workspace and its page, for as long as the ``with`` lasts. ``address`` and
    ``port`` are where the page listens; without ``own`` wikis they are the demo's; ``token`` is
    the secret part of its address, if it is to be the same as before.

    Raises:
        OSError: the port is taken, or this machine has no such address.
    """

    def __init__(  # noqa: PLR0913 - the workspace, and where its page is served
        self,
        manifest: Path,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        own: OwnWikis | None = None,
        parts: PageParts | None = None,
        token: str = "",
    ) -> None:
        self.slack = LocalSlack(manifest, timing=_FOR_AN_HOUR)
        # Other users of this machine can reach the port, too.
        self.slack.bot_token += secrets.token_urlsafe()
        self.slack.app_token += secrets.token_urlsafe()
        self.slack.signing_secret += secrets.token_urlsafe()
        self.url = ""
        """The page's address, with its token."""
        self.roles: tuple[Role, ...] = furnish(self.slack, own)
        self._listens = address, port
        self._page = PageServer(self.slack, self.roles, parts=parts, token=token)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack", daemon=True)
        self._open = AsyncExitStack()
        self._opening: Future[None] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except OSError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opening:
            self._opening.cancel()
        asyncio.run_coroutine_threadsafe(self._open.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> str:
        """Return the port that the page listens on."""
        return self.url.rpartition("/")[0].rpartition("/")[0].rpartition(":")[2]

    def open_with(self, question: str) -> None:
        """Let a colleague ask in #general, and like the answer. It does not wait for the answer."""
        asking = self._ask_as_colleague(question)
        self._opening = asyncio.run_coroutine_threadsafe(asking, self._loop)

    async def _ask_as_colleague(self, question: str) -> None:
        asked = await self.slack.mention(COLLEAGUE, GENERAL, question)
        answer = await self.slack.wait_for_message(
            GENERAL, _is_answer, thread_ts=asked.ts, timeout=_PATIENCE
        )
        await self.slack.react(COLLEAGUE, answer, "+1")

    async def _start(self) -> None:
        await self._open.enter_async_context(self.slack)
        self._open.push_async_callback(self._page.stop)
        self.url = await self._page.start(*self._listens)


def _is_answer(message: Message) -> bool:
    """Return whether the message is a whole answer: only those can be found helpful."""
    return any(element["type"] == "feedback_buttons" for element in message.elements())
