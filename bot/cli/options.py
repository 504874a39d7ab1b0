"""The options that commands share."""

from __future__ import annotations

import functools
import logging
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from footnote_bot.bot import request_ids
from footnote_bot.bot.cli.beside import SHARED, working_for
from footnote_bot.bot.cli.failures import FAILED, MISUSED, exit_code
from footnote_bot.bot.cli.through import through_or_alone
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
_SYNCS = frozenset({"index", "reindex", "update"})
"""Other names that people try for `sync`."""

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
    """Return the global options; none, if a command runs by itself."""
    return click.get_current_context().find_object(GlobalOptions) or GlobalOptions(None, None)


def read_again() -> Callable[[], Settings]:
    """Return the function that reads the running command's settings again."""
    reader: Callable[[], Settings] = click.get_current_context().meta[_READ_AGAIN]
    return reader


def configured(command: Callable[..., None], *, mends: bool = True) -> Callable[..., None]:
    """Add the options every command takes, before its name or after it, and pass settings and
    secrets to it. The data folder is closed to other users first, unless the command only reads
    (``mends`` is false)."""

    @placed
    @functools.wraps(command)
    def run(config: Path | None, data_dir: Path | None, **options: Any) -> None:
        if owner := working_for():
            command(settings=owner.settings, secrets=owner.secrets, **options)
            return
        # Slow: imports Pydantic.
        from footnote_bot.config.loading import load, removed_settings, secrets, settings_file

        before = given()
        chosen = data_dir or before.data_dir
        # Keep the file's name: if the file is gone at the next reading, that must be an error, and
        # not mean the defaults.
        file = settings_file(config or before.config)
        settings = load(file, chosen)
        again = functools.partial(load, file, chosen)
        context = click.get_current_context()
        context.meta[_READ_AGAIN] = again
        name = str(context.info_name)
        makes_one = name in _MAKERS or options.get("corpus")
        _require_folder(settings.data_dir, mistyped=None if makes_one else chosen)
        log_by(settings)
        for line in removed_settings(file):
            log.warning(line)
        if mends and (problems := privacy.close(settings.data_dir)):
            and_more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
            log.warning(
                "Others on this machine may read the data folder: %s%s", problems[0], and_more
            )

        def alone() -> None:
            command(settings=settings, secrets=secrets(), **options)

        if name == "serve" or options.get("watch"):
            log_start(settings)
            if settings.log_format == "json":
                _log_alone(alone)
        if name not in SHARED or settings.index.url or any(map(options.get, _OWN_INDEX)):
            alone()
            return
        through_or_alone(settings, name, options, alone)

    return run


def _require_folder(data_dir: Path, mistyped: Path | None) -> None:
    """Check that the data folder can be one. ``mistyped`` must be there, or the command would
    create a new, empty folder, and report that nothing is indexed.

    Raises:
        SettingsError: it is none, or not there.
    """
    if mistyped and not mistyped.exists():
        raise SettingsError([f"there is no data folder {mistyped}: is --data-dir mistyped?"])
    if data_dir.exists() and not data_dir.is_dir():
        raise SettingsError([f"`data_dir`: {data_dir} is no folder"])


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


def _in_utc(_context: click.Context, _option: click.Parameter, day: Any) -> datetime | None:
    """Return when the day began in UTC."""
    return day.replace(tzinfo=UTC) if day else None


class _Day(click.DateTime):
    """A day that can begin in any time zone and has a next day: so the calendar's first and last
    years are refused."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            day = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day, as in 2026-11-24.", param, ctx)
        if day.year in (MINYEAR, MAXYEAR):
            self.fail(
                f"{value} is out of range: the year is {MINYEAR + 1} to {MAXYEAR - 1}.", param, ctx
            )
        return day


def _date(
    name: str, meaning: str, callback: Callable[..., datetime | None]
) -> Callable[[_Command], _Command]:
    return click.option(name, type=_Day(), metavar="DATE", callback=callback, help=meaning)


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
    """The commands, and those that other packages bring as entry points of ``footnote.commands``.
    It has a hint for names that other tools use."""

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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            # As in Slack's `/wiki reindex`. Click would suggest `migrate-index`.
            if error.command_name not in _SYNCS:
                raise
            raise click.NoSuchCommand(
                error.command_name,
                f"{error.message} `footnote sync` reads what has changed, and"
                " `footnote sync --full` reads and embeds every page again.",
                ctx=ctx,
            ) from None


class AskCommand(click.Command):
    """A command whose errors explain how to quote a question, and how to ask one that begins with
    a hyphen."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True  # refused here, in words that help
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(
                f'{error.format_message()}\nA question that begins with "-" goes behind "--": '
                'footnote ask -- "-1 or 0, which exit code is it?"',
                ctx,
            ) from None
        if rest:
            raise click.UsageError(
                "The question is one argument: put it in quotation marks, as in"
                ' footnote ask "How do I get VPN access?"',
                ctx,
            )
        return rest
