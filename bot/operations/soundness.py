"""The daily check that what is stored is not damaged: disks damage files that nobody reads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.priority import lower_priority

log = logging.getLogger(__name__)

_A_DAY = 24 * 3600.0


def check_daily(*checks: Callable[[], object]) -> None:
    """Start a thread that runs the ``checks`` at once and every day. Who finds damage remembers
    it."""
    in_daemon(partial(check_for_ever, checks, time.sleep), "checking")


def check_for_ever(
    checks: Sequence[Callable[[], object]], pause: Callable[[float], object]
) -> None:
    lower_priority()
    while True:
        for check in checks:
            try:
                check()
            except (IndexersError, StateUnavailable) as error:
                log.error("%s", error)  # noqa: TRY400 - written for the operator
        pause(_A_DAY)
