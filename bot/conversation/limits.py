"""Rate limits of a person and a channel, so that one does not use up what all share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.conversation.model import CountedBy, IncomingMessage
from bot.conversation.ports import Inbox

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLimits:
    """A number of questions, by whom or where, and the span of time. 0: no limit."""

    person_minute: int = 0
    person_day: int = 0
    channel_minute: int = 0
    channel_day: int = 0

    async def refusal(self, message: IncomingMessage, inbox: Inbox) -> str | None:
        """Return the rate-limit message, or None if under the limit. Empty: an earlier question
        was already answered with it. The inbox counts, so restarts and several processes count
        correctly.

        Raises:
            StateUnavailable
        """
        for bound, whose, span in (
            (self.person_minute, CountedBy.PERSON, _MINUTE),
            (self.person_day, CountedBy.PERSON, _DAY),
            (self.channel_minute, CountedBy.CHANNEL, _MINUTE),
            (self.channel_day, CountedBy.CHANNEL, _DAY),
        ):
            if bound:
                taken, refused = await inbox.before(message, whose, span)
                if taken >= bound:
                    return "" if refused else _words(bound, whose, span)
        return None


def _words(bound: int, whose: CountedBy, span: timedelta) -> str:
    asked = "You have asked" if whose is CountedBy.PERSON else "This channel has asked"
    questions = f"{bound:,} question{'s' if bound > 1 else ''}"
    when, again = (
        ("within a minute", "in a minute") if span == _MINUTE else ("within a day", "tomorrow")
    )
    return (
        f"{asked} {questions} {when}, which is as many as I may answer. Please ask again {again}."
    )
