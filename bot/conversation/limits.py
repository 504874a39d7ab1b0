"""Rate limits of a person and a channel, so that nobody uses up the capacity that all share."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.model import CountedBy, IncomingMessage
from footnote_bot.bot.conversation.ports import Inbox

_MINUTE = timedelta(minutes=1)


class QuestionLimits(Protocol):
    """The limits of the questions of a person and of a channel within a minute. 0: no limit."""

    @property
    def person_minute(self) -> int: ...

    @property
    def channel_minute(self) -> int: ...


async def refusal_of(limits: QuestionLimits, message: IncomingMessage, inbox: Inbox) -> str | None:
    """Return the rate-limit message, or None if under the limits. Empty: an earlier question was
    already answered with it. The inbox counts, so restarts and several processes count correctly.

    Raises:
        StateUnavailable
    """
    for limit, scope, words in (
        (limits.person_minute, CountedBy.PERSON, texts.person_limit),
        (limits.channel_minute, CountedBy.CHANNEL, texts.channel_limit),
    ):
        if limit:
            accepted, refused = await inbox.before(message, scope, _MINUTE)
            if accepted >= limit:
                return "" if refused else words(limit)
    return None
