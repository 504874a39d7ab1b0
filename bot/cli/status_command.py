"""The command ``footnote status``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.bot.cli.sharing import open_app

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.option(
    "--indexer",
    is_flag=True,
    help="Only check that this data folder's `sync --watch` makes progress; exit with 1 if not.",
)
@as_json
@configured
def status(settings: Settings, secrets: Secrets, indexer: bool, as_json: bool) -> None:
    """Show what is indexed: pages and passages of each wiki.

    "Nobody can read" counts pages whose rights let nobody in, or cannot be read. "As of" is when
    the last complete pass began. "Edits after" and "other changes after" tell how long a change
    takes to reach answers, in the last week: the median / the 95th percentile.
    """
    if indexer:
        if as_json:
            raise click.UsageError("--indexer takes no other option.")
        _check_indexer(settings)
        return
    with open_app(settings, secrets) as app:
        rows = app.queries.status()
        if state := app.state_if_made():
            # Slow: SQLAlchemy.
            from footnote_bot.bot.state.installations import DatabaseInstallations
            from footnote_bot.bot.workspaces import report

            if installed := DatabaseInstallations(state).all():
                rows["workspaces"] = report.rows(app.named_workspaces, installed)
    if as_json:
        terminal.print_json(rows)
    elif not rows["wikis"]:
        terminal.say("No wiki is set: `footnote init` asks for yours.")
    else:
        terminal.print_status(rows)


def _check_indexer(settings: Settings) -> None:
    """Print whether the indexer makes progress, by a file alone: probes ask every minute, also
    while the database is away."""
    from footnote_bot.bot.operations.heartbeat import (  # `--help` need not load it
        heartbeat_in,
        standstill,
    )

    if problem := standstill(heartbeat_in(settings.data_dir), time.time()):
        terminal.complain(problem)
        sys.exit(FAILED)
    terminal.say("The indexer makes progress.")
