"""Calls of an agent on this machine, done by the process that holds the index."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.cli.beside import CALL, greeting
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.cli.through import PATIENCE
from footnote_bot.bot.errors import BotError
from footnote_bot.bot.running.address import connect, socket_in
from footnote_bot.bot.running.client import ProcessEnded, ask_running
from footnote_bot.bot.running.connection import CommandConnection
from footnote_bot.indexers.errors import IndexersError, IndexLocked

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.config.settings import Secrets, Settings

_AGAIN = 0.2
"""Seconds until the next try to open the index."""


@dataclass(slots=True)
class LocalCalls:
    """Calls for ``email``, done by the process that holds the index, or by this one once no other
    does. What it opens is closed with ``opened``."""

    settings: Settings
    secrets: Secrets
    email: str | None
    opened: ExitStack
    context: click.Context
    _app: App | None = None
    _opening: Lock = field(default_factory=Lock)

    def call(self, tool: str, arguments: object) -> dict[str, Any]:
        """Return the result of a tool.

        Raises:
            CallRefused: with the words of the error, because its person is the operator.
        """
        try:
            return self._call(tool, arguments)
        except ProcessEnded:
            raise CallRefused(texts.TRY_LATER) from None
        except (BotError, IndexersError) as error:
            raise CallRefused(str(error)) from None

    def _call(self, tool: str, arguments: object) -> dict[str, Any]:
        """Call the tool through the process that holds the index, or in this one if none does."""
        until = time.monotonic() + PATIENCE
        while self._app is None:
            try:
                if (reply := self._through(tool, arguments)) is not None:
                    return reply
                self._open()
            except (IndexLocked, ProcessEnded):
                if time.monotonic() >= until:
                    raise
                time.sleep(_AGAIN)
        return call_tool(self._app, self.email, tool, arguments)

    def _open(self) -> None:
        """Open the index in this process, unless another thread has."""
        # Another thread's context of click is not this one's.
        with self._opening, self.context.scope(cleanup=False):
            if self._app is None:
                opening = open_app(self.settings, self.secrets, shares=True)
                self._app = self.opened.enter_context(opening)

    def _through(self, tool: str, arguments: object) -> dict[str, Any] | None:
        """Return the result by the process that holds the index; None if there is none.

        Raises:
            CallRefused
            ProcessEnded
        """
        if (connected := connect(socket_in(self.settings.data_dir))) is None:
            return None
        options = {"tool": tool, "arguments": json.dumps(arguments), "email": self.email}
        request = {"hello": greeting(self.settings), "command": CALL, "options": options}
        printed: list[str] = []
        with closing(CommandConnection(connected)) as connection:
            last = ask_running(
                connection,
                request,
                lambda said: printed.append(said.get("out", "")),
                (),
                patient=False,
            )
        if last.get("exit") != 0:
            why = last.get("refused") or last.get("misused") or "see its log"
            raise CallRefused(f"The running Footnote cannot do this: {why}.")
        reply: dict[str, Any] = json.loads("".join(printed))
        if "refused" in reply:
            raise CallRefused(reply["refused"])
        result: dict[str, Any] = reply["result"]
        return result


def call_tool(app: App, email: str | None, tool: str, arguments: object) -> dict[str, Any]:
    """Return the result of a tool with the rights of ``email``.

    Raises:
        CallRefused
    """
    from footnote_bot.bot.agents.local import HERE  # slow, as the app is

    return asyncio.run(app.agent_tools(email).call(HERE, tool, arguments))
