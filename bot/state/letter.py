"""A question that Slack has handed over, as the inbox keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a question came. ``DIRECT``: in a conversation with the bot alone.
    ``FOLLOW_UP``: in a thread, ``UNASKED``: in a channel, without a mention."""

    MENTION = "mention"
    DIRECT = "direct"
    FOLLOW_UP = "follow_up"
    UNASKED = "unasked"


class State(StrEnum):
    RECEIVED = "received"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    """One too many."""
    PASSED = "passed"
    """It was not for the bot after all, so nothing was said."""
    STOPPED = "stopped"
    """A person pressed Stop."""


class Whose(StrEnum):
    """By whom, or where, questions are counted."""

    PERSON = "person"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Letter:
    """A question as Slack delivered it: ``text`` still has Slack's markup, ``ts`` is
    its message, ``thread`` where the answer goes, ``shared`` whether people of other
    workspaces read along. ``edited`` is the ts of its latest edit, empty without one;
    ``gone``: its message was deleted."""

    event: str
    kind: Kind
    team: str
    channel: str
    ts: str
    thread: str
    person: str
    text: str
    shared: bool = False
    edited: str = ""
    gone: bool = False
    id: int = 0
    attempts: int = 0

    @property
    def amended(self) -> bool:
        """Its message is not what it was when it was first answered, if it was."""
        return self.gone or bool(self.edited)
