"""The command ``footnote status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot import terminal
from bot.cli.installed import installed_in
from bot.cli.options import as_json, configured
from bot.cli.sharing import open_app

if TYPE_CHECKING:
    from config.settings import Secrets, Settings


@click.command()
@as_json
@configured
def status(settings: Settings, secrets: Secrets, as_json: bool) -> None:
    """Show what is indexed: pages and passages of each wiki."""
    with open_app(settings, secrets) as app:
        rows = app.queries.status()
        if installed := installed_in(app):
            from bot.workspaces import report  # few have any

            rows["workspaces"] = report.rows(app.named_workspaces, installed)
    if as_json:
        terminal.print_json(rows)
    elif not rows["wikis"]:
        terminal.say("No wiki is set: `footnote init` asks for yours.")
    else:
        terminal.print_status(rows)
