"""The command ``footnote settings``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.cli.failures import MISUSED
from footnote_bot.bot.cli.options import FILE, as_json, given
from footnote_bot.bot.program import program_here
from footnote_bot.config.manifest_link import creation_link

_STEPS = """\
Connect Slack:

1. Open this address, choose the workspace, and press Create:

{link}

2. Install App: copy the Bot User OAuth Token (xoxb-...).
3. Basic Information, App-Level Tokens: generate one with the scope connections:write (xapp-...).
4. export SLACK_BOT_TOKEN=xoxb-... SLACK_APP_TOKEN=xapp-...
   {serve}
5. In a channel: /invite @Footnote, then ask: @Footnote how do I get VPN access?
"""


@click.command("settings")
@click.option("--check", is_flag=True, help="Tell what is wrong in your settings, with the lines.")
@click.option("--slack", is_flag=True, help="Print instead how to connect Slack, with the link.")
@click.option(
    "--config",
    type=FILE,
    help="With --check: the file [default: ./footnote.toml, else $FOOTNOTE_CONFIG].",
)
@as_json
def print_settings(check: bool, slack: bool, config: Path | None, as_json: bool) -> None:
    """Print a footnote.toml with every setting, to start from."""
    if check and slack:
        raise click.UsageError("--check and --slack do not go together.")
    config = config or given().config
    if not check:
        if config or as_json:
            raise click.UsageError("--config and --json need --check.")
        if slack:
            click.echo(slack_steps(f"{program_here()} serve"), nl=False)
            return
        from footnote_bot.config.loading import example  # slow: imports Pydantic

        click.echo(example().read_text(encoding="utf-8"), nl=False)
        return
    from footnote_bot.config import checking, loading  # slow: imports Pydantic

    file, problems = checking.check(config)
    for line in [] if problems else loading.removed_settings(file):
        terminal.complain(line)
    if as_json:
        problem_rows = [asdict(problem) for problem in problems]
        terminal.print_json({"ok": not problems, "file": str(file), "problems": problem_rows})
    elif problems:
        terminal.say(checking.as_lines(file, problems))
    else:
        terminal.say(f"{file}: nothing is wrong. `footnote doctor` checks what it names.")
    if problems:
        sys.exit(MISUSED)


def slack_steps(serve: str) -> str:
    """Return the steps to connect Slack; ``serve`` is the command that starts the bot."""
    return _STEPS.format(link=creation_link(), serve=serve)
