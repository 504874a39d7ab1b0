"""Models of operation: a reindex that an admin ordered, and whether somebody may read a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.moments import in_words
from indexers.findings import Access, Indexed
from indexers.model import SyncScope

MOST_ATTEMPTS = 5
"""Processes that may die during a job before it counts as failed."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Order:
    """An order to reindex. ``part`` is the scope to read, None for everything; ``full``: build a
    new index beside the old one; ``dry_run``: only report what would change."""

    part: SyncScope | None = None
    full: bool = False
    dry_run: bool = False

    @property
    def what(self) -> str:
        """Return the order in words that everybody may read: without the name of a page or
        space."""
        part = self.part
        if part is None:
            return "all wikis"
        if part.page:
            return f"a page of {part.wiki}"
        return f"a space of {part.wiki}" if part.space else part.wiki


@dataclass(frozen=True, slots=True)
class Job:
    """An order of ``person``, shown by the message ``message`` (its ts; empty: none yet) in
    ``channel``."""

    id: int
    order: Order
    person: str
    channel: str
    message: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class AccessNow:
    """A person's access to a page, and how answers use it. ``as_of``: the index of this wiki
    is current up to then. ``rechecked``: its pages are rechecked before an answer."""

    access: Access
    as_of: datetime | None
    rechecked: bool

    @property
    def used(self) -> bool | None:
        """Return whether an answer for this person would use the page now; None if unknown."""
        access = self.access
        if access.untold or access.may_read is None:
            return None
        if access.indexed is None:
            return False
        if not access.space_read and self.rechecked:
            return False
        return access.indexed.admits and (access.may_read or not self.rechecked)

    @property
    def answers(self) -> str:
        """Return the same as a sentence."""
        access, indexed = self.access, self.access.indexed
        if access.may_read is None:
            return ""
        if access.untold:
            return f"Whether answers use it is unknown: {access.untold.rstrip('.')}."
        if indexed is None:
            return (
                "It is not indexed, so no answer uses it. The next full pass reads "
                "it, unless it is empty."
                if access.read
                else "Footnote is not set to read it, so no answer uses it."
            )
        return self._as_indexed(indexed) if access.read else self._as_left_out()

    def _as_left_out(self) -> str:
        """Return the sentence for a page that was indexed under earlier settings."""
        use = "until then answers use it for them" if self.used else "no answer uses it for them"
        return f"Footnote is not set to read it any more. The next full pass removes it; {use}."

    def _as_indexed(self, indexed: Indexed) -> str:
        may_read = self.access.may_read
        since = f"the full pass of {in_words(self.as_of)}" if self.as_of else "an earlier pass"
        if indexed.current:
            use = "use it for them" if indexed.admits else "do not use it for them"
            return f"Answers {use}: it is indexed with these rights, by {since}."
        brings = "the next full pass brings those of now"
        if indexed.admits == may_read:
            return f"It is indexed with the rights of {since}, to the same effect; {brings}."
        if may_read:
            return f"Answers do not use it for them yet: its rights are those of {since}; {brings}."
        looked = (
            "each answer's pages are looked at again before it goes out"
            if self.rechecked
            else "ANSWERS MAY USE IT for them until then"
        )
        return f"Its rights in the index are still those of {since}; {brings}, and {looked}."

    def json(self) -> dict[str, Any]:
        access, deciding = self.access, self.access.deciding
        return {
            "may_read": access.may_read,
            "person": access.person,
            "wiki": access.wiki,
            "page": access.page,
            "title": access.title,
            "url": access.url,
            "deciding": asdict(deciding) if deciding else None,
            "gates": [asdict(gate) for gate in access.gates],
            "why": access.why,
            "read": access.read,
            "indexed": asdict(access.indexed) if access.indexed else None,
            "untold": access.untold,
            "used": self.used,
            "answers": self.answers,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }
