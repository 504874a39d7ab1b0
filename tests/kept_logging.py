"""Loggers belong to the whole process, so a test that configures them restores them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from footnote_bot.config import logs


@contextmanager
def kept_logging() -> Iterator[None]:
    """Start without handlers, so that none of pytest's own is closed. Restore them at the end."""
    loggers = [logging.getLogger(), *map(logging.getLogger, {*logs._OURS, *logs._TALKATIVE})]
    levels = [logger.level for logger in loggers]
    handlers = loggers[0].handlers[:]
    loggers[0].handlers.clear()
    try:
        yield
    finally:
        loggers[0].handlers[:] = handlers
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
