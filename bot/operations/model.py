"""Models of operation: a reindex that an admin ordered, and whether somebody may read a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from footnote_bot.bot.operations import texts
from footnote_bot.indexers.findings import Access, Indexed
from footnote_bot.indexers.model import SyncScope

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
        """Return the order in words for everybody: without the name of a page or space."""
        part = self.part
        if part is None:
            return texts.ALL_WIKIS
        if part.page:
            return texts.page_of(part.wiki)
        return texts.space_of(part.wiki) if part.space else part.wiki


@dataclass(frozen=True, slots=True)
class Job:
    """A person's order, shown by the ``message`` (its ts; empty: none yet) in ``channel``."""

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
        """Return whether answers use the page for this person, as a sentence; empty if unknown."""
        access, indexed = self.access, self.access.indexed
        if access.may_read is None:
            return ""
        if access.untold:
            return texts.use_unknown(access.untold.rstrip("."))
        if indexed is None:
            return texts.NOT_INDEXED if access.read else texts.NOT_READ
        if not access.read:
            return texts.not_read_any_more(used=bool(self.used))
        return self._as_indexed(indexed)

    def _as_indexed(self, indexed: Indexed) -> str:
        """Return the sentence of `answers` for a page by its rights in the index and of now."""
        may_read = self.access.may_read
        rights_read_by = texts.pass_of(self.as_of)
        if indexed.current:
            return texts.rights_of_now(rights_read_by, used=indexed.admits)
        if indexed.admits == may_read:
            return texts.same_effect(rights_read_by)
        if may_read:
            return texts.not_used_yet(rights_read_by)
        return texts.still_used(rights_read_by, rechecked=self.rechecked)

    def json(self) -> dict[str, Any]:
        """Return the result as `footnote access --json` prints it."""
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
