"""The command ``footnote restore``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.options import as_json, configured
from footnote_bot.bot.errors import BackupRefused
from footnote_bot.indexers.errors import IndexLocked

if TYPE_CHECKING:
    from footnote_bot.bot.backup.archive import Manifest
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR"
)
@click.option("--force", is_flag=True, help="Replace the data that is there.")
@as_json
@configured
def restore(settings: Settings, secrets: Secrets, folder: Path, force: bool, as_json: bool) -> None:
    """Put the backup in DIR in place of index and state. The bot must not run.

    Every file is compared with its checksum, and index and state are opened and counted, before
    anything is replaced. Settings stay as they are: those of the backup are in DIR/footnote.toml.
    """
    # Slow: indexes and SQLAlchemy.
    from footnote_bot.bot.backup import archive, restoring
    from footnote_bot.bot.state import copies
    from footnote_bot.bot.state.place import StatePlace
    from footnote_bot.indexers.indexing import Indexing

    place = StatePlace(settings.data_dir, settings.state.url)
    database = place.file or place.usual_file
    with Indexing(settings, secrets, wikis=[]) as indexing, screen.busy(f"Checking {folder}"):

        @contextmanager
        def unused() -> Iterator[None]:
            try:
                with indexing.replaceable(), restoring.alone_in(database):
                    yield
            except IndexLocked:
                raise BackupRefused(
                    f"A Footnote process uses {settings.data_dir}: stop it first."
                ) from None

        def check(manifest: Manifest, copy: Path) -> None:
            restoring.require_kinds(
                manifest,
                index_on_server=bool(settings.index.url),
                database_on_server=place.file is None,
            )
            index, state = manifest.index, manifest.state
            if index and index["kind"] == "embedded":
                indexing.require_copy(copy / archive.INDEX, index)
            if state and state["kind"] == "file":
                restoring.require_rows(copies.rows_in(copy / archive.STATE), state["rows"])

        manifest = restoring.restore(
            folder, settings.data_dir, database, check=check, unused=unused, force=force
        )
    if as_json:
        terminal.print_json({"data_dir": str(settings.data_dir), **manifest.summary})
        return
    terminal.say(f"Restored into {settings.data_dir}:")
    for line in manifest.described(folder):
        terminal.say(line)
    if manifest.index and manifest.index["kind"] == "server":
        terminal.complain("Recover the snapshot of the index on the Qdrant server itself.")
