"""A person's written answer, as far as answering needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Source
from indexers.model import Acl


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that a reviewer wrote to ``question``. It rests on the pages of ``sources``, whose
    ``quote`` is empty, and is for readers whom ``acl`` admits, until ``expires``. ``says`` are the
    fingerprints of these pages, in their order; it was written to ``flag``. ``channel`` is the
    review channel that let its author publish it, empty if none did; ``by_admin``: the author is an
    admin."""

    id: int
    question: str
    text: str
    author: str
    author_name: str
    written: datetime
    expires: datetime
    sources: tuple[Source, ...]
    says: tuple[str, ...]
    acl: Acl
    flag: int | None = None
    channel: str = ""
    by_admin: bool = False
