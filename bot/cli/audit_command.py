"""The command ``footnote audit``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from footnote_bot.bot.cli.options import (
    as_csv,
    as_json,
    configured,
    day_in_utc,
    one_form,
    since_in_utc,
)

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.option(
    "--person",
    default="",
    metavar="ID",
    help="Shown to this Slack user, or read along: U..., or T.../U... of a further workspace.",
)
@click.option("--page", default="", metavar="PAGE", help="This page, by its key or its address.")
@day_in_utc
@since_in_utc
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
    """Say who was shown which page's words, when, where, and who could read along.

    Times are in UTC. CSV and JSON have the workspace, the question's message and the page's
    revision, too.
    """
    # What reads the database is slow to import.
    from footnote_bot.bot import terminal
    from footnote_bot.bot.app import App
    from footnote_bot.bot.operations import texts
    from footnote_bot.bot.operations.audit_report import (
        ALL_COLUMNS,
        COLUMNS,
        AuditQuery,
        AuditRows,
        page_query,
    )
    from footnote_bot.bot.operations.syncing import now
    from footnote_bot.bot.reports import Row, print_rows
    from footnote_bot.bot.state.audit import DatabaseAudit

    one_form(as_csv=as_csv, as_json=as_json)
    if day and since:
        raise click.UsageError("--day and --since exclude each other.")
    until = (day + timedelta(days=1)) if day else None
    columns = ALL_COLUMNS if as_csv else COLUMNS
    none = texts.nothing_shown(settings.state.retention_days)
    with App(settings, secrets) as app:
        rows: Iterable[Row] = ()
        if state := app.state_if_made():
            query = page_query(page, app.indexing.wikis.part) if page else AuditQuery()
            query = replace(query, person=person, since=day or since, before=until)
            rows = AuditRows(DatabaseAudit(state, now).stream, query)
            if query.is_by_address_alone:
                terminal.complain(texts.ADDRESS_UNKNOWN)
        print_rows(rows, columns, as_csv=as_csv, as_json=as_json, none=none)
