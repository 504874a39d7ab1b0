"""Written answers that count.

A written answer goes to the whole workspace under "Verified by". So it counts only while it comes
from a review channel that the operator set, or from an admin. This is checked when it is written
and whenever the bot would give it: settings change, and so do admins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.answering.verified import Writings


@dataclass(frozen=True, slots=True)
class Published:
    """The published answers. ``channels`` are the review channels of the settings file."""

    written: Writings
    channels: frozenset[str]

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Return the answers that count and have not ended, newest first.

        Raises:
            StateUnavailable
        """
        return [answer for answer in self.written.valid(now) if self.counts(answer)]

    def counts(self, answer: WrittenAnswer) -> bool:
        return answer.by_admin or self.is_from_review(answer)

    def is_from_review(self, answer: WrittenAnswer) -> bool:
        return bool(answer.channel) and answer.channel in self.channels
