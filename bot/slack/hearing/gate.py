"""Which letters are taken in: all that are addressed to the bot, and of the rest those
that may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.hearing.letters import Identity, asks_nothing, people_named, question
from bot.slack.hearing.meant import asks, wish
from bot.state.channels import DatabaseChannels
from bot.state.inbox import Inbox
from bot.state.letter import Kind, Letter
from bot.state.threads import Thread, Threads

_LATE = 3600.0
"""Seconds: Slack delivers again for some minutes."""


_CHOICE = 8
"""Words that may choose what the bot asked back: their number, or a title."""


@dataclass(frozen=True, slots=True)
class Gate:
    me: Identity
    inbox: Inbox
    threads: Threads
    settings: DatabaseChannels

    def may_concern_us(self, letter: Letter) -> bool:
        """Told by the words alone, so that the talk of a workspace costs no more."""
        if letter.amended or letter.kind in (Kind.MENTION, Kind.DIRECT):
            return True
        words = question(letter.text, self.me, {})
        if asks_nothing(words) or any(people_named(letter.text, self.me)):
            return False
        if letter.kind is Kind.FOLLOW_UP and (wish(words) or len(words.split()) <= _CHOICE):
            return True
        return asks(words)

    def take_all(self, letters: Sequence[Letter]) -> list[Letter]:
        """Those that are to be worked on, kept; the others are known, or not for the bot.
        Blocks for a moment: call it in a thread.

        Raises:
            StateUnavailable: none is kept.
        """
        admitted = [one for one in letters if not _is_late(one) and self._admits(one)]
        amended = [one for one in letters if one.amended and one not in admitted]
        kept = self.inbox.receive_all(admitted) if admitted else []
        return kept + [one for one in map(self.inbox.amend, amended) if one]

    def _admits(self, letter: Letter) -> bool:
        if letter.kind is Kind.FOLLOW_UP:
            return bool(self.threads.askers(Thread.of(letter)))
        if letter.kind is Kind.UNASKED:
            return self.settings.of(letter.team, letter.channel).unasked is not None
        return True


def _is_late(letter: Letter) -> bool:
    """An edit may come before the message that was edited, or instead of it; but not of
    a message from long ago, which was answered and has been forgotten."""
    return bool(letter.edited) and float(letter.edited) - float(letter.ts) > _LATE
