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
from footnote_bot.indexers.text.counting import counted

if TYPE_CHECKING:
    from footnote_bot.bot.app import App
    from footnote_bot.bot.operations.backups import Manifest
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
    with open_app(settings, secrets) as app, screen.busy(_copying(folder)):
        manifest = made_by(app, folder)
    if as_json:
        terminal.print_json({"folder": str(folder), **manifest.summary})
        return
    for line in described(folder, manifest):
        terminal.say(line)


def made_by(app: App, folder: Path) -> Manifest:
    """Create a backup of the data of ``app`` in ``folder``.

    Raises:
        BackupRefused, IndexUnavailable, StateUnavailable: it cannot be made.
    """
    # Slow: indexes and SQLAlchemy.
    from footnote_bot.bot.errors import BackupRefused
    from footnote_bot.bot.operations import backups
    from footnote_bot.bot.operations.syncing import now
    from footnote_bot.bot.state import copies
    from footnote_bot.config.writing import as_toml

    settings = app.settings
    if not app.indexing.is_made and app.state_if_made() is None:
        raise BackupRefused(
            f"There is nothing to back up: {settings.data_dir} holds neither an index nor a "
            "database. Is this the right folder, or is --config or --data-dir missing?"
        )

    def state(place: Path) -> dict[str, Any] | None:
        if settings.state.url and not copies.is_file(settings.state.url):
            return {"kind": "server", "by_hand": copies.dump_command(settings.state.url)}
        database = app.state_if_made()
        if database is None:
            return None
        return {"kind": "file", "rows": copies.back_up(database, place / backups.STATE)}

    def index(place: Path) -> dict[str, Any] | None:
        return app.indexing.copies.back_up(place / backups.INDEX) if app.indexing.is_made else None

    def written(place: Path) -> None:
        (place / backups.SETTINGS).write_text(as_toml(settings), encoding="utf-8")

    def kept(place: Path) -> None:
        for name in backups.KEPT:
            if (file := settings.data_dir / name).exists():
                shutil.copyfile(file, place / name)

    return backups.back_up(
        folder,
        version=own_version(),
        made=now().isoformat(timespec="seconds"),
        # The state first: it says up to when the index is current, and must not claim too much.
        parts={"state": state, "index": index, "settings": written, "kept": kept},
        check=lambda: _still_wanted(folder),
    )


def _copying(folder: Path) -> str:
    return f"Copying to {folder}"


def _still_wanted(folder: Path) -> None:
    """Raise if the command that this process works for is gone, or makes the backup itself because
    this process ends."""
    if remote_screen := screen.remote():
        remote_screen.busy(_copying(folder))


def described(folder: Path, manifest: Manifest) -> list[str]:
    """Return a line for each part of a backup, including those that it does not hold."""
    lines = [f"{folder}: made {manifest.made}"]
    index, state = manifest.parts["index"], manifest.parts["state"]
    if index is None:
        lines.append("  index  none: nothing was synced yet")
    else:
        pages, passages = (
            sum(counts[column] for counts in index["wikis"].values()) for column in (0, 1)
        )
        lines.append(f"  index  {counted(pages, 'page')}, {counted(passages, 'passage')}")
        if index["kind"] == "server":
            lines.append(
                "         as a snapshot, which the Qdrant server keeps: copy it from there"
            )
        if index["trouble"]:
            lines.append(f"         {index['trouble']}")
    if state is None:
        lines.append("  state  none: no question was asked yet")
    elif state["kind"] == "file":
        rows = state["rows"]
        lines.append(
            f"  state  {counted(rows['answers'], 'answer')}, {counted(rows['flags'], 'flag')}"
        )
    else:
        lines.append(f"  state  is not in it, but on PostgreSQL: {state['by_hand']}")
    return lines
