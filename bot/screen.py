"""The screen that a command writes to: this process's own, or that of a command that asked this
process to do its work."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

from footnote_bot.bot.foreign import clean
from footnote_bot.indexers.model import Progress as SyncProgress

_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})
"""Characters that a page may not send to a terminal: they would move, recolour or rename it."""


def safe(words: str, style: str = "") -> Text:
    """Return the words as inert text, without control sequences for the terminal."""
    return Text(clean(words).translate(_CONTROLS), style=style)


class Remote(Protocol):
    """The command at another terminal that this process works for."""

    def progress(self, progress: SyncProgress, doing: str) -> None:
        """Show the progress of a sync on its screen; ``doing`` is what is done to the pages.

        Raises:
            KeyboardInterrupt: somebody there pressed Ctrl-C.
        """
        ...

    def busy(self, doing: str) -> None:
        """Show a spinner with these words on its screen; without words remove it."""
        ...

    def interruptible(self) -> AbstractContextManager[threading.Event]:
        """Yield an event that the first Ctrl-C there sets, to stop at the next safe point."""
        ...


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output and standard error."""

    out: Console
    err: Console
    remote: Remote | None = None


_OWN = Screen(
    Console(highlight=False, emoji=False), Console(stderr=True, highlight=False, emoji=False)
)
_screen = ContextVar("screen", default=_OWN)


def out() -> Console:
    return _screen.get().out


def err() -> Console:
    return _screen.get().err


def column_widths(lines: Iterable[Sequence[str]]) -> list[int]:
    """Return the width of the widest cell of each column."""
    widths: list[int] = []
    for line in lines:
        own = map(cell_len, line)
        widths = list(map(max, widths, own)) if widths else list(own)
    return widths


def print_columns(lines: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> None:
    """Print lines of cells in columns of these ``widths``, or each as wide as its widest cell.
    Rich's own table cuts lines that are wider than the terminal, and a pipe has no width."""
    widths = widths or column_widths(lines)
    for line in lines:
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        out().print(safe("  ".join(padded).rstrip()), soft_wrap=True)


def print_indented(text: Text, columns: int) -> None:
    """Print text behind an indent, within the width, and with no blanks behind its lines."""
    for line in text.wrap(out(), max(out().width - columns, 1)):
        line.rstrip()
        out().print(Text(" " * columns) + line if line else line, soft_wrap=True)


def print_within(lines: Sequence[Sequence[str]]) -> None:
    """Print lines of cells within the terminal's width. The first line is the column heads."""
    heads, *rows = lines
    table = Table(*(Column(head, overflow="fold") for head in heads), box=None, pad_edge=False)
    for line in rows:
        table.add_row(*map(safe, line))
    out().print(table)


def remote() -> Remote | None:
    """Return the other process's command that this thread works for; None if there is none."""
    return _screen.get().remote


@contextmanager
def shown_on(screen: Screen) -> Iterator[None]:
    """Let what runs meanwhile in this thread write to this screen."""
    token = _screen.set(screen)
    try:
        yield
    finally:
        _screen.reset(token)


def write(text: str) -> None:
    """Write to standard output at once, as it is."""
    file = out().file
    file.write(text)
    # Here a closed pipe can still be caught; at the interpreter's end it is only noise.
    file.flush()


def encoding() -> str:
    """Return the encoding of standard output."""
    return getattr(out().file, "encoding", None) or sys.getdefaultencoding()


class _Rate(ProgressColumn):
    """The number done in a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if speed is None:
            return Text("")
        return Text(f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s", style="dim")


@contextmanager
def progress_bars() -> Iterator[Callable[..., None]]:
    """Yield a function that draws a `SyncProgress`: the bar, the count and total, the rate and the
    time left; without a terminal, nothing. It takes as ``doing`` what is done to the pages."""
    if remote_screen := remote():
        yield _labelled(remote_screen.progress)
        return
    if not err().is_terminal:
        yield _labelled(lambda _, __: None)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=err(),
        transient=True,
    ) as bars:
        tasks: dict[str, Any] = {}
        # A model is loaded or a repository is cloned before anything can be counted.
        waiting = [bars.add_task("Starting", total=None)]

        def draw(progress: SyncProgress, doing: str) -> None:
            while waiting:
                bars.remove_task(waiting.pop())
            name = f"{doing} {progress.wiki}"
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None)
            bars.update(tasks[name], completed=progress.done, total=progress.total or None)

        yield _labelled(draw)


def _labelled(draw: Callable[[SyncProgress, str], None]) -> Callable[..., None]:
    """Return ``draw``, which is told what is done: embedding, if it is that, or else ``doing``."""

    def drawn(progress: SyncProgress, doing: str = "Reading") -> None:
        draw(progress, "Embedding passages of" if progress.embedding else doing)

    return drawn


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Show a spinner meanwhile; without a terminal nothing."""
    if remote_screen := remote():
        remote_screen.busy(doing)
        try:
            yield
        finally:
            remote_screen.busy("")
    elif err().is_terminal:
        with err().status(safe(f"{doing} ...")):
            yield
    else:
        yield
