"""The command line: ``footnote ask | chat | sync | serve | status | doctor | access | flags
| usage | audit | backup | restore | eval | calibrate | convert | init | mcp | migrate-index
| settings``,
and the commands that are found as entry points.

A contract for scripts: JSON goes to standard output alone, everything else to standard error; exit
code 0 is done, 1 something failed, 2 the settings or the command are wrong, 130 interrupted.

A command's imports happen when it runs: ``--help`` must not wait for modules that it does not need.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from footnote_bot.bot import output, terminal
from footnote_bot.bot.cli.access_command import access
from footnote_bot.bot.cli.ask_command import ask
from footnote_bot.bot.cli.audit_command import audit
from footnote_bot.bot.cli.backup_command import backup
from footnote_bot.bot.cli.calibrate_command import calibrate
from footnote_bot.bot.cli.chat_command import chat
from footnote_bot.bot.cli.convert_command import convert
from footnote_bot.bot.cli.doctor_command import doctor
from footnote_bot.bot.cli.eval_command import evaluate
from footnote_bot.bot.cli.failures import FAILED, MISUSED, exit_code
from footnote_bot.bot.cli.flags_command import flags
from footnote_bot.bot.cli.init_command import init
from footnote_bot.bot.cli.mcp_command import mcp, mcp_call
from footnote_bot.bot.cli.migrate_command import migrate_index
from footnote_bot.bot.cli.options import (
    CommandGroup,
    GlobalOptions,
    configured,
    log_by,
    placed,
    read_again,
)
from footnote_bot.bot.cli.restore_command import restore
from footnote_bot.bot.cli.settings_command import print_settings
from footnote_bot.bot.cli.sharing import sharing
from footnote_bot.bot.cli.status_command import status
from footnote_bot.bot.cli.sync_command import sync
from footnote_bot.bot.cli.usage_command import usage
from footnote_bot.bot.loading import without_collection
from footnote_bot.bot.operations.privacy import UMASK
from footnote_bot.bot.version import own_commit, own_version

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


def main() -> None:
    """End the process with the command's `outcome`."""
    sys.exit(outcome())


def outcome() -> int:
    """Run the command line and return its exit code: every expected failure is one sentence."""
    output.prepare()
    try:
        code = _run()
        sys.stdout.flush()
    except output.OutputLost as lost:
        if not lost.reader_left:
            terminal.complain(f"The output cannot be written: {lost.strerror}.")
        output.write_nothing_more(lost)
        return FAILED
    return code


def _run() -> int:
    """Run the command line and return its exit code; print what is wrong with the command."""
    try:
        return exit_code(lambda: cli(prog_name="footnote", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        return MISUSED


def _print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(f"footnote, version {own_version()} (commit {own_commit()})")
        context.exit()


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@placed
@click.pass_context
def cli(context: click.Context, config: Path | None, data_dir: Path | None) -> None:
    """Answer questions from your team's wikis, with footnotes.

    Start with `footnote demo`, or with `footnote init`, which asks for your wiki; then
    `footnote sync` and `footnote ask "..."`.
    """
    context.obj = GlobalOptions(config, data_dir)
    _require_used(context, {"config": config, "data_dir": data_dir})
    # Files that a command, a library or git creates from here on are private to their owner.
    context.call_on_close(partial(os.umask, os.umask(UMASK)))


def _require_used(context: click.Context, options: Mapping[str, Path | None]) -> None:
    """Check that the command takes the options before its name, as if they came after it.

    Raises:
        click.UsageError: it does not take one.
    """
    name = str(context.invoked_subcommand)
    command = cli.get_command(context, name)
    accepted = {parameter.name for parameter in command.params} if command else options.keys()
    for option, value in options.items():
        if value is not None and option not in accepted:
            raise click.UsageError(f"`{name}` takes no --{option.replace('_', '-')}.")


@cli.command()
@configured
def serve(settings: Settings, secrets: Secrets) -> None:
    """Answer in Slack, and sync the wikis on a timer, until stopped."""
    with without_collection():
        # Slow: the answer path, Slack's libraries, and Pydantic.
        from footnote_bot.bot import serving
        from footnote_bot.config.reloading import Reloading

    reloading = Reloading(settings, read_again())
    reloading.follow(log_by)
    serving.serve(settings, secrets, sharing, reloading)


for command in (
    access,
    ask,
    audit,
    backup,
    calibrate,
    chat,
    convert,
    doctor,
    evaluate,
    flags,
    init,
    mcp,
    mcp_call,
    migrate_index,
    print_settings,
    restore,
    status,
    sync,
    usage,
):
    cli.add_command(command)
