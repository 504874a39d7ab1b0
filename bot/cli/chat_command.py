"""The command ``footnote chat``: a conversation in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.options import as_person, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.loading import without_collection
from footnote_bot.config import logs

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings

_PROMPT = "? "


@click.command()
@as_person
@click.option("--wiki", "wikis", multiple=True, metavar="NAME", help="Search this wiki only.")
@configured
def chat(settings: Settings, secrets: Secrets, email: str | None, wikis: tuple[str, ...]) -> None:
    """Hold a conversation as in Slack; piped input is one question a line."""
    if settings.log_level == "INFO":
        logs.configure("WARNING", settings.log_format)  # every answer is also a log line
    with without_collection():
        from footnote_bot.bot.app import chat_session  # slow: loads the answer path

    is_typed = sys.stdin is not None and sys.stdin.isatty()
    with open_app(settings, secrets, shares=True) as app:
        session = chat_session(app, email=email, wikis=wikis, echoes=not is_typed)
        session.run(_typed() if is_typed else _piped())
    if session.failures:
        sys.exit(1)


def _typed() -> Iterator[str]:
    with suppress(ImportError):
        import readline  # noqa: F401 - to edit a line and find earlier ones; not everywhere
    _accept_any_bytes()
    terminal.say("Ask a question. /help lists the commands; Ctrl-D or /quit ends.\n", style="dim")
    while True:
        try:
            line = input(_PROMPT)
        except EOFError:
            terminal.say("")
            return
        terminal.say("")
        yield line


def _piped() -> Iterator[str]:
    if sys.stdin is not None:
        _accept_any_bytes()
        yield from sys.stdin


def _accept_any_bytes() -> None:
    """Let bytes that are not valid in standard input's encoding become a replacement character."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
