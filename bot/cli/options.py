"""The options that commands share."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import request_ids
from bot.operations import privacy
from config import logs
from config.errors import SettingsError

if TYPE_CHECKING:
    from config.settings import Settings

log = logging.getLogger(__name__)

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""The exit codes of the command line."""


READ_AGAIN = "footnote.read_again"
"""What a command's context calls the way to read its settings again."""

_SHARED = frozenset({"access", "ask", "backup", "calibrate", "doctor", "eval", "status", "sync"})
"""Commands that go through the process that holds an embedded index, if there is one."""
_OWN_INDEX = ("corpus", "replay", "watch")
"""Options with which a command needs an index for itself, or none."""
_MAKERS = frozenset({"convert", "restore", "serve", "sync"})
"""Commands that create the data folder, or need none."""


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """The options before the command's name; `configured` takes them after it, too."""

    config: Path | None
    data_dir: Path | None


def placed(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for the places of settings and data."""
    command = click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where index and state live, instead of what the settings say.",
    )(command)
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file [default: ./footnote.toml, else $FOOTNOTE_CONFIG].",
    )(command)


def given() -> GlobalOptions:
    """Return the global options; none, if a command runs by itself."""
    return click.get_current_context().find_object(GlobalOptions) or GlobalOptions(None, None)


def configured(command: Callable[..., None], *, mends: bool = True) -> Callable[..., None]:
    """Add the options every command takes, before its name or after it, and pass settings and
    secrets to it. The data folder is closed to other users first, unless the command only reads
    (``mends`` is false)."""

    @placed
    @functools.wraps(command)
    def run(config: Path | None, data_dir: Path | None, **rest: Any) -> None:
        from config.loading import load, secrets  # slow: imports Pydantic

        before = given()
        chosen = data_dir or before.data_dir
        settings = load(config or before.config, chosen)
        read_again = functools.partial(load, config or before.config, chosen)
        click.get_current_context().meta[READ_AGAIN] = read_again
        if chosen and not rest.get("corpus") and _only_reads() and not chosen.exists():
            # It would create a new, empty folder, and the command would report that nothing is
            # indexed.
            raise SettingsError([f"there is no data folder {chosen}: is --data-dir mistyped?"])
        log_by(settings)
        if mends and (problems := privacy.close(settings.data_dir)):
            more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
            log.warning("Others on this machine may read the data folder: %s%s", problems[0], more)

        def alone() -> None:
            command(settings=settings, secrets=secrets(), **rest)

        name = click.get_current_context().info_name
        if name not in _SHARED or settings.index.url or any(map(rest.get, _OWN_INDEX)):
            alone()
            return
        from bot.cli.through import through_or_alone  # imports these options

        through_or_alone(settings, str(name), rest, alone)

    return run


def log_by(settings: Settings) -> None:
    logs.configure(settings.log_level, settings.log_format, request_ids.current)


def _only_reads() -> bool:
    return click.get_current_context().info_name not in _MAKERS


def _address(_context: click.Context, _option: click.Parameter, email: str | None) -> str | None:
    if email is not None and "@" not in email:
        raise click.BadParameter(f"{email!r} is no address, as in ann@example.com.")
    return email


as_person = click.option(
    "--as",
    "email",
    metavar="EMAIL",
    callback=_address,
    help="With this person's rights [default: everyone's].",
)


def _local(_context: click.Context, _option: click.Parameter, day: Any) -> datetime | None:
    """Return when the day began here."""
    return day.astimezone() if day else None


day = click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    callback=_local,
    help="On this day, as in 2026-11-24.",
)
since = click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    callback=_local,
    help="From this day on, as in 2026-11-24 [default: all that is kept].",
)
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV for spreadsheets.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


class AskCommand(click.Command):
    """A command whose errors explain how to ask a question that begins with a hyphen."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(
                f'{error.format_message()}\nA question that begins with "-" goes behind "--": '
                'footnote ask -- "-1 or 0, which exit code is it?"',
                ctx,
            ) from None
