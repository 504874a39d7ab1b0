"""The command ``footnote access``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.bot.cli.sharing import open_app

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.argument("email")
@click.argument("url")
@as_json
@configured
def access(settings: Settings, secrets: Secrets, email: str, url: str, as_json: bool) -> None:
    """Say whether the person with EMAIL may read the page at URL, and which gate decides."""
    if "@" not in email:
        raise click.UsageError("EMAIL is an address, as in ann@example.com.")
    with open_app(settings, secrets) as app, screen.busy(f"Asking about {url}"):
        result = app.queries.access(email, url, frozenset())
    if as_json:
        terminal.print_json(result.json())
    else:
        terminal.print_access(result)
    if result.access.may_read is None:
        sys.exit(FAILED)
