"""The exit codes of the command line, and which of them an expected failure has."""

from __future__ import annotations

from collections.abc import Callable

import click

from footnote_bot.bot import terminal
from footnote_bot.bot.agents.errors import AgentsMisconfigured
from footnote_bot.bot.errors import (
    BotError,
    ModelMisconfigured,
    SlackMisconfigured,
    TracingMisconfigured,
)
from footnote_bot.config.errors import SettingsError
from footnote_bot.indexers.errors import IndexersError, ModelUnknown, WikiMisconfigured

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
_MISUSES = (
    AgentsMisconfigured,
    ModelMisconfigured,
    ModelUnknown,
    SlackMisconfigured,
    TracingMisconfigured,
    WikiMisconfigured,
)


def exit_code(
    run: Callable[[], object], complain: Callable[[str], object] = terminal.complain
) -> int:
    """Run a command and return its exit code. Every expected failure is one sentence, for which
    ``complain`` is called.

    Raises:
        click.ClickException: the command is wrong.
    """
    try:
        run()
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except SettingsError as error:
        from footnote_bot.config.checking import described  # slow: imports Pydantic

        complain(described(error))
        return MISUSED
    except (BotError, IndexersError) as error:
        complain(str(error))
        return MISUSED if isinstance(error, _MISUSES) else FAILED
    return 0
