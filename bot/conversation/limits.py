"""Rate limits of a person and a channel, so that nobody uses up the capacity that all share."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from bot.conversation import texts
from bot.conversation.model import CountedBy, IncomingMessage
from bot.conversation.ports import Inbox

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class QuestionLimits(Protocol):
    """The limits of the questions of a person and of a channel, within a minute and a day. 0: no
    limit."""

    @property
    def person_minute(self) -> int: ...

    @property
    def person_day(self) -> int: ...

    @property
    def channel_minute(self) -> int: ...

    @property
    def channel_day(self) -> int: ...


async def refusal_of(limits: QuestionLimits, message: IncomingMessage, inbox: Inbox) -> str | None:
    """Return the rate-limit message, or None if under the limits. Empty: an earlier question was
    already answered with it. The inbox counts, so restarts and several processes count correctly.

    Raises:
        StateUnavailable
    """
    for limit, scope, span in (
        (limits.person_minute, CountedBy.PERSON, _MINUTE),
        (limits.person_day, CountedBy.PERSON, _DAY),
        (limits.channel_minute, CountedBy.CHANNEL, _MINUTE),
        (limits.channel_day, CountedBy.CHANNEL, _DAY),
    ):
        if limit:
            accepted, refused = await inbox.before(message, scope, span)
            if accepted >= limit:
                return "" if refused else _words(limit, scope, span)
    return None


def _words(most: int, scope: CountedBy, span: timedelta) -> str:
    limit = texts.person_limit if scope is CountedBy.PERSON else texts.channel_limit
    return limit(most, in_a_minute=span == _MINUTE)
