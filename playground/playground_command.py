"""The command ``footnote playground``: the bot in a Slack on this machine, in the browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from footnote_bot.bot.cli.failures import INTERRUPTED
from footnote_bot.bot.cli.options import FILE, FOLDER, given
from footnote_bot.bot.cli.sharing import sharing
from footnote_bot.bot.interrupting import interruptible
from footnote_bot.config import logs
from footnote_bot.playground.printing import INTERRUPTED as INTERRUPTED_SO_FAR
from footnote_bot.playground.printing import complain, failing, say


@click.command()
@click.option(
    "--config", type=FILE, help="The settings file of your wikis [default: the demo's two wikis]."
)
@click.option(
    "--data-dir",
    type=FOLDER,
    help="Where the index lives [default: data/demo, or what the settings say].",
)
@click.option(
    "--as",
    "emails",
    multiple=True,
    metavar="EMAIL",
    help="With --config: also be this person, as the wikis know them. May be repeated.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port of the page; 0 is any free one [default: 8484, or the next free one].",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. Another one shows the page, and what the wikis say, to "
    "everybody who has its address.",
)
def playground(
    config: Path | None, data_dir: Path | None, emails: tuple[str, ...], port: int | None, host: str
) -> None:
    """Try Footnote in a Slack on this machine, shown in the browser, until Ctrl-C."""
    before = given()
    config, data_dir = config or before.config, data_dir or before.data_dir
    if not host.strip():
        # An empty address means all of this machine's.
        raise click.BadParameter("it is empty; is a variable not set?", param_hint="--host")
    if emails and not config:
        raise click.UsageError("--as needs --config: the demo brings its own people.")
    if wrong := [email for email in emails if "@" not in email.strip("@")]:
        raise click.BadParameter(f"{wrong[0]} is no address, as in ann@example.com.")
    # Slow: loads the answer path and Slack's libraries.
    from footnote_bot.playground import slack_demo as demo

    if port is None:
        port = demo.free_port(host)
        if port != demo.PORT:
            say(f"Port {demo.PORT} is taken: the page is at port {port}.")
    listening = demo.Listening(host, port)
    logs.configure("WARNING")
    with failing(), interruptible() as stopped:
        if config:
            # Slow: imports Pydantic.
            from footnote_bot.config.loading import load
            from footnote_bot.config.settings import Secrets

            settings = load(config, data_dir)
            demo.run(settings, Secrets(), listening, stopped.is_set, emails, sharing=sharing)
        else:
            demo.run_demo(data_dir, listening, stopped.is_set, sharing=sharing)
    if stopped.is_set():
        complain(INTERRUPTED_SO_FAR)
        sys.exit(INTERRUPTED)
