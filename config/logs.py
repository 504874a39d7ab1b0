"""Logging: one line an event, to stderr, quiet libraries."""

from __future__ import annotations

import logging
import sys

_TALKATIVE = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    # Bolt and the SDK write whole payloads, tokens and questions included, at DEBUG.
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "bot.slack.web": logging.WARNING,  # the SDK writes its retries there
    "fastembed": logging.WARNING,
    "markdown_it": logging.INFO,
}


def configure(level: str) -> None:
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        force=True,
    )
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelNamesMapping()[level]))
