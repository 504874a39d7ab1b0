"""Commands that this process runs for other processes, on its own parts."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import click
from rich.console import Console

from footnote_bot.bot.app import App
from footnote_bot.bot.cli.beside import SHARED, disagreement, greeting, owned_by
from footnote_bot.bot.cli.failures import MISUSED, exit_code
from footnote_bot.bot.operations.passes import PassLog, ToldPasses
from footnote_bot.bot.running.server import CommandSession, Left
from footnote_bot.bot.screen import Screen, shown_on
from footnote_bot.config.settings import Settings
from footnote_bot.indexers.daemons import lower_priority
from footnote_bot.indexers.model import Progress

_LONG = frozenset({"calibrate", "eval"})
"""Commands that keep the processor busy for minutes. They run one at a time, because people wait
for answers."""
_DRAWN_EVERY = 0.05
"""Seconds between two messages of progress. A sync does thousands of unchanged pages a second, and
each message takes time in both processes."""
_WIDEST = 10_000
"""Columns of a terminal."""


class Served:
    """The work of a `RunningServer`: the shared ones of ``commands``, with ``app``'s parts."""

    def __init__(self, app: App, commands: Mapping[str, click.Command]) -> None:
        self._app = app
        self._commands = commands
        self._long = threading.Lock()

    def __call__(self, request: dict[str, Any], session: CommandSession) -> int | dict[str, Any]:
        """Run the requested command; return its exit code, or the message that refuses it."""
        if problem := disagreement(request.get("hello"), greeting(self._app.settings)):
            return {"refused": problem, "code": MISUSED}
        name = str(request.get("command"))
        command = self._commands.get(name)
        if command is None or name not in SHARED or command.callback is None:
            return {"refused": f"it does not know the command {name}"}
        run = partial(command.callback, **_options(command, request.get("options")))
        if command.name in {"sync", *_LONG}:
            lower_priority()  # the thread is this connection's own
        with (
            shown_on(_screen(request.get("screen"), session)),
            owned_by(self._app),
            self._turn(session) if command.name in _LONG else nullcontext(),
        ):
            return _result(run)

    @contextmanager
    def _turn(self, session: CommandSession) -> Iterator[None]:
        """Wait until no other long command runs, and keep others waiting meanwhile."""
        while not self._long.acquire(timeout=0.2):
            session.check()
        try:
            yield
        finally:
            self._long.release()


def _result(run: Callable[[], object]) -> int | dict[str, Any]:
    """Run a command and return its exit code, or the message that it is wrong."""
    try:
        return exit_code(run)
    except click.ClickException as error:
        return {"misused": error.format_message()}


def _options(command: click.Command, options: object) -> dict[str, Any]:
    """Return the command's arguments as click passes them."""
    values = options if isinstance(options, dict) else {}
    return {
        param.name: _value(param, values.get(param.name)) for param in command.params if param.name
    }


def _value(param: click.Parameter, value: Any) -> Any:
    """Return an option's value, received as JSON, as click would pass it."""
    if isinstance(value, list):
        return tuple(value)
    return Path(value) if isinstance(param.type, click.Path) and value is not None else value


class AppBeside(App):
    """The parts of a command that runs in the process of ``owner``: it shares the owner's index,
    models and wikis, and only the owner closes them. In the database it counts as a process of its
    own, so that locks hold between the two."""

    def __init__(self, owner: App, settings: Settings) -> None:
        super().__init__(settings, owner.secrets)
        self._owner = owner
        self.indexing = owner.indexing
        self.last_pass = owner.last_pass
        if settings.llm == owner.settings.llm:
            self.model = owner.model  # with its bound of requests at once
        self.one_sync = owner.one_sync
        if "state" in owner.__dict__:  # opened already; otherwise it would be created
            self.state = owner.state

    def pass_log(self) -> PassLog:
        return ToldPasses(super().pass_log(), self._owner.passed)


class _RemoteScreen:
    """A `bot.screen.Remote` over a session."""

    def __init__(self, session: CommandSession) -> None:
        self._session = session
        self._drawn = ("", "")
        self._next = 0.0

    def progress(self, progress: Progress, doing: str) -> None:
        """Send the progress to the command, but the same bar at most 20 times a second."""
        self._session.check()
        bar, now = (doing, progress.wiki), time.monotonic()
        if bar == self._drawn and now < self._next and progress.done != progress.total:
            return
        self._drawn, self._next = bar, now + _DRAWN_EVERY
        self._session.send({"progress": [progress.wiki, progress.done, progress.total, doing]})

    def busy(self, doing: str) -> None:
        self._session.check()
        self._session.send({"busy": doing})

    @contextmanager
    def interruptible(self) -> Iterator[threading.Event]:
        stopped = threading.Event()

        def stop(signal: str) -> None:
            stopped.set()
            if signal:
                with suppress(Left):
                    self._session.send({"finishing": signal})

        with self._session.calling_at_first_stop(stop):
            yield stopped


class _Stream(io.TextIOBase):
    """Standard output or standard error of a session."""

    def __init__(
        self, session: CommandSession, name: str, encoding: str, *, is_terminal: bool
    ) -> None:
        self._write = partial(session.write, name)
        self._encoding = encoding
        self._is_terminal = is_terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self._write(text)
        return len(text)


def _screen(description: object, session: CommandSession) -> Screen:
    """Return a screen over the session like the one that the command has described."""
    consoles = description if isinstance(description, dict) else {}
    return Screen(
        _console(consoles.get("out"), session, "out"),
        _console(consoles.get("err"), session, "err"),
        _RemoteScreen(session),
    )


def _console(description: object, session: CommandSession, name: str) -> Console:
    """Return a console that draws as the command's own would."""
    console = description if isinstance(description, dict) else {}
    is_terminal = console.get("terminal") is True
    encoding = str(console.get("encoding") or "utf-8")
    stream = _Stream(session, name, encoding, is_terminal=is_terminal)
    width = console.get("width")
    colors = console.get("colors")
    return Console(
        file=cast("IO[str]", stream),
        width=min(max(width, 1), _WIDEST) if isinstance(width, int) else 80,
        height=25,
        color_system=colors if colors in ("standard", "256", "truecolor") else None,
        force_terminal=is_terminal,
        no_color=console.get("no_color") is True,
        highlight=False,
        emoji=False,
        _environ={},
    )
