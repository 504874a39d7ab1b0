"""The command ``footnote demo``: a real handbook, or a made-up Confluence, in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from footnote_bot.bot.cli.failures import INTERRUPTED
from footnote_bot.bot.cli.options import FOLDER, given
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.config import logs
from footnote_bot.playground.printing import failing


@click.command()
@click.option("--data-dir", type=FOLDER, help="Where its index lives [default: data/demo].")
@click.option(
    "--confluence", is_flag=True, help="A made-up Confluence instead, and whose rights count in it."
)
def demo(data_dir: Path | None, confluence: bool) -> None:
    """Index a real handbook and ask it three questions."""
    data_dir = data_dir or given().data_dir
    if data_dir and confluence:
        raise click.UsageError("--confluence keeps nothing, so it takes no --data-dir.")
    logs.configure("WARNING")
    with failing(), interruptible() as stopped:
        if confluence:
            # Its Confluence is a web server, which no other command should load.
            from footnote_bot.playground.confluence_demo import run_demo as run_confluence_demo

            run_confluence_demo(stopped.is_set)
        else:
            from footnote_bot.playground.demo import run_demo  # slow: loads the answer path

            run_demo(data_dir, stopped.is_set)
    if stopped.is_set():
        sys.exit(INTERRUPTED)
