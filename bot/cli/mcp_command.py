"""The command ``footnote mcp``: the tools of agents at standard input and output."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.cli.beside import CALL
from footnote_bot.bot.cli.options import as_person, configured
from footnote_bot.bot.cli.sharing import open_app
from footnote_bot.config import logs

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets, Settings


@click.command()
@as_person
@configured
def mcp(settings: Settings, secrets: Secrets, email: str | None) -> None:
    """Let an agent on this machine ask, over MCP at standard input and output.

    The agent starts this command, and asks with the rights of --as. Several may run at once, and
    beside the bot. docs/agents.md has the settings of some agents.
    """
    # Slow: loads Pydantic, and what talks to another process.
    from footnote_bot.bot.agents.opening import of_their_packages
    from footnote_bot.bot.cli.mcp_calls import LocalCalls

    with of_their_packages():
        from footnote_bot.bot.agents.protocol import serve_stdio  # slow; its package may be missing

    if settings.log_level == "INFO":
        logs.configure("WARNING", settings.log_format)  # agents show the log to their people
    if sys.stdin.isatty():
        terminal.complain("An agent talks to this command: see docs/agents.md. Ctrl-D ends it.")
    with ExitStack() as opened:
        local = LocalCalls(settings, secrets, email, opened, click.get_current_context())
        serve_stdio(local.call)


@click.command(CALL, hidden=True)
@click.argument("tool")
@click.argument("arguments")
@as_person
@configured
def mcp_call(
    settings: Settings, secrets: Secrets, tool: str, arguments: str, email: str | None
) -> None:
    """Print the result of a tool, as ``footnote mcp`` has it done by whoever holds the index."""
    from footnote_bot.bot.cli.mcp_calls import call_tool  # slow, as above

    with open_app(settings, secrets) as app:
        reply: dict[str, Any] = {}
        try:
            reply["result"] = call_tool(app, email, tool, json.loads(arguments))
        except CallRefused as error:
            reply["refused"] = str(error)
    terminal.print_json(reply)
