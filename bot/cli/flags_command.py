"""The command ``footnote flags``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.options import WRITABLE_FILE, as_json, configured
from footnote_bot.indexers.text.counting import counted

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.option("--all", "everything", is_flag=True, help="Settled ones too.")
@click.option(
    "--as-questions",
    "questions",
    type=WRITABLE_FILE,
    metavar="FILE",
    help="Write all that people judged, with 👍 too, as questions for `footnote eval`. The file "
    "keeps what the bot itself forgets in time.",
)
@as_json
@configured
def flags(
    settings: Settings, secrets: Secrets, everything: bool, questions: Path | None, as_json: bool
) -> None:
    """List the answers that people flagged as wrong."""
    # What answers is slow to import.
    from footnote_bot.bot.app import App
    from footnote_bot.bot.evaluation.regression import write_judged
    from footnote_bot.bot.flags.listing import listed

    with App(settings, secrets) as app:
        verdicts = app.verdicts()
        count = write_judged(verdicts, questions) if questions else 0
        rows = [] if questions else listed(verdicts, everything=everything)
    if questions:
        if as_json:
            terminal.print_json({"questions": count, "file": str(questions)})
        else:
            terminal.say(f"{questions}: {counted(count, 'question')}")
    elif as_json:
        terminal.print_json(rows)
    else:
        terminal.print_flags(rows)
