"""A failure that a person notices: a short id for them, the traceback for the log."""

from __future__ import annotations

import logging

from footnote_bot.bot import request_ids
from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import Notice
from footnote_bot.bot.errors import ChatUnavailable, StateRefused, StateUnavailable
from footnote_bot.indexers.errors import IndexUnavailable

logger = logging.getLogger(__name__)


def new_incident() -> str:
    """Return the id of the request that fails, which all its lines in the log have."""
    return request_ids.current() or request_ids.new_id()


def note(incident: str, context: str, error: BaseException) -> None:
    """Log the incident with the traceback of ``error``. An unavailable chat, database or
    index gets one line, because the place where it was noticed does not matter."""
    is_away = isinstance(error, ChatUnavailable | IndexUnavailable | StateUnavailable)
    if is_away and not isinstance(error, StateRefused):
        logger.error("Incident %s: %s: %s", incident, context, " ".join(str(error).split()))
    else:
        logger.error("Incident %s: %s", incident, context, exc_info=error)


def sorry(incident: str, error: BaseException) -> Notice:
    """Return the apology for ``error``."""
    text = texts.NO_SEARCH if isinstance(error, IndexUnavailable) else texts.WENT_WRONG
    return Notice(text, (texts.tell_your_admin(incident),))


def not_there(incident: str) -> Notice:
    """Return the direct message to an asker in a place where the bot cannot write."""
    return Notice(texts.CANNOT_WRITE_THERE, (texts.tell_your_admin(incident),))
