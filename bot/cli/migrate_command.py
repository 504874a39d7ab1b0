"""The command ``footnote migrate-index``."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.indexers.text.counting import counted

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


def _address(_context: click.Context, _option: click.Parameter, url: str) -> str:
    if not url.strip():
        # Its client would take that for the server on this machine.
        raise click.BadParameter("it is empty; is a variable not set?")
    return url


@click.command("migrate-index")
@click.option(
    "--to",
    "url",
    metavar="URL",
    required=True,
    callback=_address,
    help="The Qdrant server's address.",
)
@as_json
@configured
def migrate_index(settings: Settings, secrets: Secrets, url: str, as_json: bool) -> None:
    """Move the embedded index to a Qdrant server, without embedding anything again.

    The bot must be stopped. Pages and passages are counted on both sides before the server's index
    becomes the current one; the embedded one stays where it is. If the command is interrupted, run
    it again: it continues where it was. Then set `[index] url`, and start the bot. The server's key
    is QDRANT_API_KEY.
    """
    from footnote_bot.indexers.indexing import Indexing  # slow: indexes and wikis

    began = time.monotonic()
    with screen.progress_bars() as draw, Indexing(settings, secrets, wikis=[]) as indexing:
        moved = indexing.move_to(url, partial(draw, doing="Moving"))
    pages = sum(pages for pages, _ in moved.counts.values())
    passages = sum(passages for _, passages in moved.counts.values())
    if as_json:
        terminal.print_json({"pages": pages, "passages": passages, "written": moved.written})
        return
    terminal.say(
        f"{counted(pages, 'page')}, {counted(passages, 'passage')} are on the server, after"
        f" {time.monotonic() - began:.0f} s."
    )
    terminal.say(f'Now set url = "{url}" in [index], and start the bot.')
