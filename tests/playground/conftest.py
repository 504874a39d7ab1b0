"""The command line in a temporary folder."""

from __future__ import annotations

from tests.bot.conftest import kept_folders, parsers, shell

__all__ = ["kept_folders", "parsers", "shell"]  # fixtures of the bot's tests
