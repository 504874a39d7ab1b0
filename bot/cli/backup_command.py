"""The command ``footnote backup``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli.options import FOLDER, as_json, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.bot.version import own_version

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.bot.backup.archive import Manifest
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@as_json
@configured
def backup(settings: Settings, secrets: Secrets, folder: Path, as_json: bool) -> None:
    """Copy index, questions, answers, flags and settings into DIR, a new folder.

    The bot may run meanwhile: it answers, and only its syncs wait for the copy of the index.
    Secrets are not in it. With PostgreSQL or a Qdrant server it says what to do beside it.
    """
    if folder.resolve().is_relative_to(data := settings.data_dir.resolve()):
        elsewhere = data.parent / f"{data.name}-backups" / folder.name
        raise click.BadParameter(
            f"{folder} is in the data folder {data}, and would be lost with it: name a folder"
            f" outside it, such as {elsewhere}.",
            param_hint="DIR",
        )
    doing = f"Copying to {folder}"
    with open_app(settings, secrets) as app, screen.busy(doing):
        manifest = _backed_up(app, folder, doing)
    if as_json:
        terminal.print_json({"folder": str(folder), **manifest.summary})
        return
    for line in manifest.described(folder):
        terminal.say(line)


def _backed_up(app: App, folder: Path, doing: str) -> Manifest:
    """Create a backup of the data of ``app`` in ``folder``.

    Raises:
        BackupRefused, IndexUnavailable, StateUnavailable: it cannot be made.
    """
    # Slow: indexes and SQLAlchemy.
    from footnote_bot.bot.backup import archive
    from footnote_bot.bot.errors import BackupRefused
    from footnote_bot.bot.operations.syncing import now
    from footnote_bot.bot.state import copies
    from footnote_bot.config.writing import as_toml

    data_dir, place = app.settings.data_dir, app.state_place
    if not app.indexing.is_made and app.state_if_made() is None:
        raise BackupRefused(
            f"There is nothing to back up: {data_dir} holds neither an index nor a "
            "database. Is this the right folder, or is --config or --data-dir missing?"
        )

    def state(file: Path) -> dict[str, Any] | None:
        if place.is_on_server:
            return {"kind": "server", "by_hand": place.dump_command()}
        database = app.state_if_made()
        if database is None:
            return None
        return {"kind": "file", "rows": copies.back_up(database, file)}

    def copy_to(backup: Path) -> dict[str, Any]:
        # The state first: it says up to when the index is current, and must not claim too much.
        parts = {"state": state(backup / archive.STATE), "index": None}
        if app.indexing.is_made:
            parts["index"] = app.indexing.back_up(backup / archive.INDEX)
        (backup / archive.SETTINGS).write_text(as_toml(app.settings), encoding="utf-8")
        for name in archive.KEPT:
            if (data_dir / name).exists():
                shutil.copyfile(data_dir / name, backup / name)
        return parts

    made = now().isoformat(timespec="seconds")
    return archive.back_up(
        folder, copy_to, version=own_version(), made=made, check=lambda: _still_wanted(doing)
    )


def _still_wanted(doing: str) -> None:
    """Raise if the command that this process works for is gone, or makes the backup itself because
    this process ends."""
    if remote_screen := screen.remote():
        remote_screen.busy(doing)
