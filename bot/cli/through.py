"""A command whose work is done by the process that holds the index."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot import interrupting, screen, terminal
from footnote_bot.bot.cli.beside import greeting
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.running.address import connect, socket_in
from footnote_bot.bot.running.client import ProcessEnded, ask_running
from footnote_bot.bot.running.connection import CommandConnection
from footnote_bot.indexers.errors import IndexLocked
from footnote_bot.indexers.model import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from footnote_bot.config.settings import Settings


PATIENCE = 3.0
"""Seconds that a process may hold the index before it listens, or after."""
_ENDING = 30.0
"""Seconds that a process takes to end at most."""
_AGAIN = 0.2
"""Seconds until the next try."""


def through_or_alone(
    settings: Settings,
    command: str,
    options: Mapping[str, Any],
    alone: Callable[[], None],
    *,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Run a command through the process that holds the index of these settings, or else by
    ``alone``. A process that has just started, or is about to end, holds the index and does not
    listen: wait for it.

    Raises:
        IndexLocked: the index is held, and its holder does not listen.
        SystemExit: with the code, if it was not run alone.
        As `through_process` and ``alone`` do.
    """
    deadline: float | None = None
    while True:
        try:
            code = through_process(settings, command, options)
        except ProcessEnded:
            deadline = clock() + _ENDING
        else:
            if code is not None:
                sys.exit(code)
        try:
            alone()
        except IndexLocked:
            # Counted from now: on a busy machine it takes seconds to find that the index is held.
            deadline = deadline or clock() + PATIENCE
            if clock() >= deadline:
                raise
        else:
            return
        pause(_AGAIN)


def through_process(settings: Settings, command: str, options: Mapping[str, Any]) -> int | None:
    """Let the process that holds the index of these settings do the work, if there is one. Return
    the exit code; None if the command has to do its work itself.

    Raises:
        click.UsageError: the command is wrong.
        ProcessEnded: the process ended, and nothing was printed yet.
        KeyboardInterrupt
    """
    connected = connect(socket_in(settings.data_dir))
    if connected is None:
        return None
    is_sync = command == "sync"
    output = _Output()
    with closing(CommandConnection(connected)) as connection:
        request = {
            "hello": greeting(settings),
            "command": command,
            "options": {name: _as_json(name, value) for name, value in options.items()},
            "screen": {"out": _described(screen.out()), "err": _described(screen.err())},
        }
        try:
            with _signals(with_sigterm=is_sync) as signals, output.drawing:
                last = ask_running(connection, request, output.show, signals, patient=is_sync)
        except ProcessEnded:
            if output.printed:
                terminal.complain("The running Footnote ended before it was through: ask again.")
                return FAILED
            raise
    if "misused" in last:
        raise click.UsageError(str(last["misused"]))
    if "refused" in last:
        terminal.complain(f"The running Footnote cannot do this: {last['refused']}.")
        return int(last.get("code", FAILED))
    return int(last["exit"])


class _Output:
    """The output of the running process, shown as the command itself would show it."""

    def __init__(self) -> None:
        self.printed = False
        self.drawing = ExitStack()
        self._draw: Any = None

    def show(self, message: dict[str, Any]) -> None:
        """Show a message of the running process: progress, a spinner or written text."""
        if "progress" in message:
            if self._draw is None:
                self._draw = self.drawing.enter_context(screen.progress_bars())
            wiki, done, total, doing = message["progress"]
            self._draw(Progress(wiki, done, total), doing)
            return
        # A progress bar or a spinner would capture text that is written to standard error.
        self._draw = None
        self.drawing.close()
        if message.get("busy"):
            self.drawing.enter_context(screen.busy(message["busy"]))
        elif "finishing" in message:
            terminal.complain(interrupting.finishing(message["finishing"]))
        elif "out" in message:
            self.printed = True
            sys.stdout.write(message["out"])
            sys.stdout.flush()
        elif "err" in message:
            sys.stderr.write(message["err"])
            sys.stderr.flush()


@contextmanager
def _signals(*, with_sigterm: bool) -> Iterator[list[str]]:
    """Yield a list that gets the names of signals. A signal that is ignored stays ignored."""
    names: list[str] = []
    old_handlers = {}
    for number in (signal.SIGINT, *((signal.SIGTERM,) if with_sigterm else ())):
        if signal.getsignal(number) is not signal.SIG_IGN:
            old_handlers[number] = signal.signal(
                number, lambda number, _: names.append(signal.Signals(number).name)
            )
    try:
        yield names
    finally:
        for number, handler in old_handlers.items():
            signal.signal(number, handler)


def _described(console: Console) -> dict[str, Any]:
    """Return what the running process must know of a console to write for it."""
    return {
        "width": console.width,
        "terminal": console.is_terminal,
        "colors": console.color_system,
        "encoding": console.encoding,
        "no_color": console.no_color,
    }


def _as_json(name: str, value: Any) -> Any:
    """Return an option's value as JSON. The running process has another working folder, so paths
    are absolute, and it has other pipes.

    Raises:
        click.UsageError: the path is one of a pipe.
    """
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, Path):
        return value
    if value.exists() and not value.is_file() and not value.is_dir():
        raise click.UsageError(
            f"{name}: {value} is no file, and a running Footnote does the work: write it to a file."
        )
    return str(value.resolve() if value.exists() else value.absolute())
