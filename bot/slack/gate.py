"""Which letters are taken in: all that are addressed to the bot, and of the rest those
that may be."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.slack.letters import Identity, asks_nothing, people_named, question
from bot.slack.meant import asks, wish
from bot.state.channels import DatabaseChannels
from bot.state.inbox import Inbox, Kind, Letter
from bot.state.threads import Thread, Threads

_LATE = 3600.0
"""Seconds: Slack delivers again for some minutes."""


_CHOICE = 8
"""Words that may choose what the bot asked back: their number, or a title."""
_RECENT = 1000


@dataclass(frozen=True, slots=True)
class Gate:
    """``take`` is for one letter at a time."""

    me: Identity
    inbox: Inbox
    threads: Threads
    settings: DatabaseChannels
    _kept: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """The latest messages that are in the inbox: a mention comes as a message, too, and the
    database need not be written to for that."""

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

    def take(self, letter: Letter) -> Letter | None:
        """The letter, kept and to be worked on. None: it is known, or not for the bot.
        Blocks for a moment: call it in a thread.

        Raises:
            StateUnavailable: it cannot be kept.
        """
        message = (letter.team, letter.channel, letter.ts)
        if letter.amended and (amended := self.inbox.amend(letter)):
            return amended
        if message in self._kept or _is_late(letter) or not self._admits(letter):
            return None
        received = self.inbox.receive(letter)
        self._kept[message] = None
        if len(self._kept) > _RECENT:
            del self._kept[next(iter(self._kept))]
        return received

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
