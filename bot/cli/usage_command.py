"""The command ``footnote usage``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot.cli.options import as_csv, as_json, configured, one_form, since

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings

_NONE = "No question was asked in Slack or in `footnote chat`."


@click.command()
@click.option(
    "--by",
    type=click.Choice(["day", "channel", "person"]),
    default="day",
    show_default=True,
    help="What a row is of.",
)
@since
@click.option("--identify", is_flag=True, help="Name people by their Slack ids, not by pseudonyms.")
@as_csv
@as_json
@configured
def usage(
    settings: Settings,
    secrets: Secrets,
    by: str,
    since: datetime | None,
    identify: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Count questions in Slack and in `footnote chat` by their outcome, and the language model's
    tokens and their cost.

    A question is answered, unanswered, asked back (by earlier versions), failed, refused (over a
    limit) or stopped. Of those unanswered, `nearest` were shown the nearest sections. Messages that
    ask nothing are not counted."""
    # What reads the database is slow to import.
    from footnote_bot.bot.app import App
    from footnote_bot.bot.operations.usage_report import QuestionOutcome, UsageBy, usage_rows
    from footnote_bot.bot.reports import print_rows
    from footnote_bot.bot.state.usage import DatabaseUsageReport, pseudonyms

    one_form(as_csv=as_csv, as_json=as_json)
    kind, rows = UsageBy(by), list[dict[str, Any]]()
    begin = since or datetime.fromtimestamp(0).astimezone()
    with App(settings, secrets) as app:
        if state := app.state_if_made():
            name = str if identify else pseudonyms(state)
            rows = usage_rows(DatabaseUsageReport(state), kind, begin, name, identify=identify)
    columns = (by, "questions", *(outcome.value for outcome in QuestionOutcome), "tokens", "cost")
    print_rows(rows, columns, as_csv=as_csv, as_json=as_json, none=_NONE)
