"""The command ``footnote convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.config.flavours import FLAVOURS

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "storage"]),
    help="What FILE is written in: Markdown, or Confluence's storage format "
    "[default: by its ending].",
)
@click.option(
    "--flavour",
    type=click.Choice(FLAVOURS),
    default="auto",
    help="The dialect of Markdown [default: auto].",
)
@as_json
@configured
def convert(
    settings: Settings,  # noqa: ARG001 - every command is handed its settings
    secrets: Secrets,  # noqa: ARG001
    file: Path,
    form: str | None,
    flavour: str,
    as_json: bool,
) -> None:
    """Show what is read of the page in FILE, section by section."""
    from footnote_bot.indexers import conversion  # slow: all that reads files

    sections = conversion.sections(file, form, flavour)
    if as_json:
        terminal.print_json(
            [{"headings": list(s.headings), "anchor": s.anchor, "text": s.text} for s in sections]
        )
        return
    terminal.print_sections(sections)
    if not sections:
        terminal.complain(f"There is no text to read in {file}.")
