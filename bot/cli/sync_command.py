"""The command ``footnote sync``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal, terminal_texts
from footnote_bot.bot.cli.failures import FAILED, INTERRUPTED, MISUSED
from footnote_bot.bot.cli.options import as_json, configured, read_again
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.indexers.errors import WikiMisconfigured

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings
    from footnote_bot.indexers.model import SyncReport


@click.command()
@click.option("--wiki", "name", metavar="NAME", help="Only this wiki [default: all].")
@click.option(
    "--full",
    is_flag=True,
    help="Read and embed every page again, into a new index that then takes the old one's place.",
)
@click.option(
    "--recent", is_flag=True, help="Only a Confluence's latest edits: quick, and removes nothing."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--allow-mass-removal", is_flag=True, help="Remove pages even if they are very many at once."
)
@click.option(
    "--watch",
    is_flag=True,
    help="Go on until stopped, as often as [sync] says: a process that syncs for bots that do not.",
)
@click.option(
    "--metrics",
    is_flag=True,
    help="With --watch: serve /metrics for Prometheus on [slack] port, as the bot does.",
)
@as_json
@configured
def sync(
    settings: Settings,
    secrets: Secrets,
    name: str | None,
    full: bool,
    recent: bool,
    dry_run: bool,
    allow_mass_removal: bool,
    watch: bool,
    metrics: bool,
    as_json: bool,
) -> None:
    """Read into the index what changed in the wikis."""
    if full and recent:
        raise click.UsageError("--full and --recent exclude each other.")
    other_options = name or full or recent or dry_run or allow_mass_removal or as_json
    if other_options if watch else metrics:
        raise click.UsageError("--watch takes no other option than --metrics, which needs it.")
    if watch:
        # Slow: Pydantic, and more modules than `--help` may load.
        from footnote_bot.bot.cli.watch import watch as watch_wikis
        from footnote_bot.config.reloading import Reloading

        reloading = Reloading(settings, read_again())
        watch_wikis(settings, secrets, reloading, has_port=metrics)
        return
    from footnote_bot.bot.operations.single_sync import sync_once  # slow: indexes and wikis

    with (
        interruptible() as stopped,
        screen.progress_bars() as progress,
        open_app(settings, secrets, shares=True) as app,
    ):
        reports = sync_once(
            app.indexing,
            app,
            shared_index=bool(settings.index.url),
            name=name,
            full=full,
            recent=recent,
            dry_run=dry_run,
            allow_mass_removal=allow_mass_removal,
            progress=progress,
            stopped=stopped.is_set,
        )
    for report in reports:
        terminal.print_report(report, dry_run=dry_run)
    if recent and not reports:
        terminal.complain("Nothing was read: no wiki here tells its latest edits.")
    if as_json:
        terminal.print_json(terminal.report_json(reports))
    if stopped.is_set():
        builds_anew = full and not dry_run
        terminal.complain(
            terminal_texts.FULL_SYNC_INTERRUPTED if builds_anew else terminal_texts.SYNC_INTERRUPTED
        )
        sys.exit(INTERRUPTED)
    _exit_if_failed(reports)


def _exit_if_failed(reports: list[SyncReport]) -> None:
    """End the process with a failure's exit code if a wiki failed or holds no page."""
    if any(isinstance(report.error, WikiMisconfigured) for report in reports):
        sys.exit(MISUSED)
    if empty := [report.wiki for report in reports if _is_empty(report)]:
        terminal.complain(terminal_texts.no_page_in(", ".join(empty)))
    if empty or any(report.failed or report.error for report in reports):
        sys.exit(FAILED)


def _is_empty(report: SyncReport) -> bool:
    """Return whether a complete sync found no page in the wiki."""
    changed = report.added + report.changed + report.relabelled + report.removed
    return report.complete and not (changed or report.unchanged or report.failed)
