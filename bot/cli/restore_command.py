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
    from footnote_bot.bot.operations.backups import Manifest
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
    from footnote_bot.bot.cli.backup_command import described
    from footnote_bot.bot.operations import backups, restoring
    from footnote_bot.bot.state import copies
    from footnote_bot.indexers.indexing import Indexing

    file = settings.data_dir / backups.STATE
    if settings.state.url:
        file = copies.file_of(settings.state.url) or file
    with Indexing(settings, secrets, wikis=[]) as indexing:

        @contextmanager
        def unused() -> Iterator[None]:
            try:
                with indexing.copies.replaceable(), copies.alone_in(file):
                    yield
            except IndexLocked:
                raise BackupRefused(
                    f"A Footnote process uses {settings.data_dir}: stop it first."
                ) from None

        def check(manifest: Manifest, copy: Path) -> None:
            _require_kinds(settings, manifest)
            index, state = manifest.parts["index"], manifest.parts["state"]
            if index and index["kind"] == "embedded":
                indexing.copies.require(copy / backups.INDEX, index)
            if state and state["kind"] == "file":
                _require_rows(copy / backups.STATE, state["rows"])

        with screen.busy(f"Checking {folder}"):
            manifest = restoring.restore(
                folder, settings.data_dir, state=file, check=check, unused=unused, force=force
            )
    if as_json:
        terminal.print_json({"data_dir": str(settings.data_dir), **manifest.summary})
        return
    terminal.say(f"Restored into {settings.data_dir}:")
    for line in described(folder, manifest):
        terminal.say(line)
    if (index := manifest.parts["index"]) and index["kind"] == "server":
        terminal.complain("Recover the snapshot of the index on the Qdrant server itself.")


def _require_kinds(settings: Settings, manifest: Manifest) -> None:
    """Refuse a backup of other engines than the settings name."""
    from footnote_bot.bot.state import copies  # slow: SQLAlchemy

    index, state = manifest.parts["index"], manifest.parts["state"]
    if index and index["kind"] == "embedded" and settings.index.url:
        raise BackupRefused(
            "The backup holds an embedded index, and [index] url names a server: restore it"
            " without that setting, then move it with `footnote migrate-index`."
        )
    if index and index["kind"] == "server" and not settings.index.url:
        raise BackupRefused("The backup is of an index on a Qdrant server: set its [index] url.")
    url = settings.state.url
    if state and state["kind"] == "file" and url and copies.file_of(url) is None:
        raise BackupRefused(
            "The backup holds a SQLite database, and [state] url names no file but a server:"
            " restore it without that setting."
        )


def _require_rows(file: Path, expected: dict[str, int]) -> None:
    from footnote_bot.bot.state import copies  # slow: SQLAlchemy

    counted = copies.rows_in(file)
    for table, rows in expected.items():
        if counted.get(table) != rows:
            raise BackupRefused(
                f"The table {table} of the backup has {counted.get(table)} rows, and had {rows}"
                " when it was made."
            )
