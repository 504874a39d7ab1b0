"""The options that commands share."""

from __future__ import annotations

import functools
import logging
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from footnote_bot.bot import request_ids
from footnote_bot.bot.cli.beside import SHARED, working_for
from footnote_bot.bot.cli.failures import FAILED, MISUSED, exit_code
from footnote_bot.bot.operations import privacy
from footnote_bot.bot.version import own_commit, own_version
from footnote_bot.config import logs
from footnote_bot.config.errors import SettingsError

if TYPE_CHECKING:
    from footnote_bot.config.settings import Settings

log = logging.getLogger(__name__)

_READ_AGAIN = "footnote.read_again"
"""The key of a command's context for the function that reads its settings again."""

_OWN_INDEX = ("corpus", "indexer", "replay", "watch")
"""Options with which a command needs an index for itself, or none."""
_MAKERS = frozenset({"convert", "restore", "serve", "sync"})
"""Commands that create the data folder, or need none."""

_FOUND = "footnote.commands"
"""The group of entry points with the commands that other packages bring."""
_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """The options before the command's name; `configured` takes them after it, too."""

    config: Path | None
    data_dir: Path | None


class PathType(click.Path):
    """A path that must not be empty: an unset variable would mean the working folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty; is a variable not set?", param, ctx)
        return super().convert(value, param, ctx)


FOLDER = PathType(path_type=Path, file_okay=False)
FILE = PathType(path_type=Path, dir_okay=False)
EXISTING_FILE = PathType(path_type=Path, dir_okay=False, exists=True)
WRITABLE_FILE = PathType(path_type=Path, dir_okay=False, writable=True)


def placed(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for the places of settings and data."""
    command = click.option(
        "--data-dir",
        type=FOLDER,
        help="Where index and state live, instead of what the settings say.",
    )(command)
    return click.option(
        "--config",
        type=FILE,
        help="The settings file [default: ./footnote.toml, else $FOOTNOTE_CONFIG].",
    )(command)


def given() -> GlobalOptions:
    """Return the global options; empty ones if the command runs without its group."""
    return click.get_current_context().find_object(GlobalOptions) or GlobalOptions(None, None)


def read_again() -> Callable[[], Settings]:
    """Return the function that reads the running command's settings again."""
    reader: Callable[[], Settings] = click.get_current_context().meta[_READ_AGAIN]
    return reader


def configured(command: Callable[..., None], *, closes_folder: bool = True) -> Callable[..., None]:
    """Add the options every command takes, before its name or after it, and pass settings and
    secrets to it. The data folder is closed to other users first, unless the command only reads
    (``closes_folder`` is false)."""

    @placed
    @functools.wraps(command)
    def run(config: Path | None, data_dir: Path | None, **options: Any) -> None:
        if owner := working_for():
            command(settings=owner.settings, secrets=owner.secrets, **options)
            return
        from footnote_bot.config.settings import Secrets  # slow: imports Pydantic

        name = str(click.get_current_context().info_name)
        settings = _settings(
            config, data_dir, makes_folder=name in _MAKERS or bool(options.get("corpus"))
        )
        if closes_folder:
            _close_to_others(settings.data_dir)

        def alone() -> None:
            command(settings=settings, secrets=Secrets(), **options)

        if name == "serve" or options.get("watch"):
            log_start(settings)
            if settings.log_format == "json":
                _log_alone(alone)
        if name not in SHARED or settings.index.url or any(map(options.get, _OWN_INDEX)):
            alone()
            return
        from footnote_bot.bot.cli.through import through_or_alone  # `--help` need not load it

        through_or_alone(settings, name, options, alone)

    return run


def _settings(config: Path | None, data_dir: Path | None, *, makes_folder: bool) -> Settings:
    """Read the settings of the running command, and log as they say. ``makes_folder``: the command
    creates the data folder, or needs none.

    Raises:
        SettingsError: they are wrong.
    """
    # Slow: imports Pydantic.
    from footnote_bot.config.loading import load, removed_settings, settings_file

    global_options = given()
    folder = data_dir or global_options.data_dir
    # Keep the file's name: if the file is gone at the next reading, that must be an error, and not
    # mean the defaults.
    file = settings_file(config or global_options.config)
    settings = load(file, folder)
    click.get_current_context().meta[_READ_AGAIN] = functools.partial(load, file, folder)
    if folder and not makes_folder and not folder.exists():
        # The command would create a new, empty folder, and report that nothing is indexed.
        raise SettingsError([f"there is no data folder {folder}: is --data-dir mistyped?"])
    if settings.data_dir.exists() and not settings.data_dir.is_dir():
        raise SettingsError([f"`data_dir`: {settings.data_dir} is no folder"])
    log_by(settings)
    for line in removed_settings(file):
        log.warning(line)
    return settings


def _close_to_others(data_dir: Path) -> None:
    """Take other users' permissions from the data folder, and warn if that is impossible."""
    if problems := privacy.close(data_dir):
        and_more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
        log.warning("Others on this machine may read the data folder: %s%s", problems[0], and_more)


def _log_alone(run: Callable[[], object]) -> NoReturn:
    """Run a service and exit. Each line on its standard error is one of the log."""
    with logs.lines_only():
        try:
            code = exit_code(run, functools.partial(log.error, "%s"))
        except click.ClickException as error:
            error.show()
            code = MISUSED
        except Exception:
            log.exception("Footnote ends, because of an error that nobody expected")
            code = FAILED
    sys.exit(code)


def log_by(settings: Settings) -> None:
    """Configure the log by the settings."""
    logs.configure(settings.log_level, settings.log_format, request_ids.current)


def log_start(settings: Settings) -> None:
    """Log what starts, and where its data is."""
    log.info(
        "Footnote %s (commit %s) starts on Python %s: index %s, database %s",
        own_version(),
        own_commit(),
        platform.python_version(),
        "on a Qdrant server" if settings.index.url else "in the data folder",
        settings.state.url.partition(":")[0] or "in the data folder",
    )


def _address(_context: click.Context, _option: click.Parameter, email: str | None) -> str | None:
    """Check that the value of --as is an e-mail address."""
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
    """Return when the day began in this machine's time zone."""
    return day.astimezone() if day else None


def _in_utc(_context: click.Context, _option: click.Parameter, day: Any) -> datetime | None:
    """Return when the day began in UTC."""
    return day.replace(tzinfo=UTC) if day else None


_DAY = click.DateTime(["%Y-%m-%d"])


def _date(
    name: str, meaning: str, callback: Callable[..., datetime | None]
) -> Callable[[_Command], _Command]:
    """Return an option that takes a date; ``callback`` returns when that day began."""
    return click.option(name, type=_DAY, metavar="DATE", callback=callback, help=meaning)


day_in_utc = _date("--day", "On this day in UTC, as in 2026-11-24.", _in_utc)
since_in_utc = _date(
    "--since", "From this day in UTC on, as in 2026-11-24 [default: all that is kept].", _in_utc
)
since = _date("--since", "From this day on, as in 2026-11-24 [default: all that is kept].", _local)
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV for spreadsheets.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def one_form(*, as_csv: bool, as_json: bool) -> None:
    """Check that a report is printed in one form.

    Raises:
        click.UsageError: both are asked for.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")


class CommandGroup(click.Group):
    """The commands, and those of other packages, as entry points of ``footnote.commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from importlib.metadata import entry_points  # slow: loads email and csv

        return sorted({*super().list_commands(ctx), *entry_points(group=_FOUND).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if command := super().get_command(ctx, cmd_name):
            return command
        from importlib.metadata import entry_points  # slow: loads email and csv

        for entry in entry_points(group=_FOUND, name=cmd_name):
            found: click.Command = entry.load()
            return found
        return None
