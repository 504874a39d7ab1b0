"""The command ``footnote audit``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import as_csv, as_json, configured, day, since

if TYPE_CHECKING:
    from config.settings import Secrets, Settings


@click.command()
@click.option("--person", default="", metavar="ID", help="Shown to this Slack user, or read along.")
@click.option("--page", default="", metavar="PAGE", help="This page, by its key or its address.")
@day
@since
@as_csv
@as_json
@configured
def audit(
    settings: Settings,
    secrets: Secrets,
    person: str,
    page: str,
    day: datetime | None,
    since: datetime | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Tell who was shown which page's words, when, where, and who could read along."""
    # What reads the database is slow to import.
    from bot.app import App
    from bot.operations.audit_report import COLUMNS, AuditQuery, audit_rows
    from bot.operations.syncing import now
    from bot.reports import print_rows
    from bot.state.audit import DatabaseAudit

    if day and since:
        raise click.UsageError("--day and --since exclude each other.")
    page = page.partition("#")[0]
    until = (day + timedelta(days=1)) if day else None
    query = AuditQuery(person, page, day or since, until)
    rows: list[dict[str, Any]] = []
    with App(settings, secrets) as app:
        if state := app.state_if_made():
            rows = audit_rows(DatabaseAudit(state, now).entries(query), page)
    print_rows(rows, COLUMNS, as_csv=as_csv, as_json=as_json, none="Nothing was shown.")
