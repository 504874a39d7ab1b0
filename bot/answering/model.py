"""The parts of a person's written answer that answering needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.model import Source
from footnote_bot.indexers.model import Acl


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that a reviewer wrote to ``question``, for readers whom ``acl`` admits, until
    ``expires``. It rests on the pages of ``sources``, whose ``quote`` is empty; ``fingerprints``
    are of these pages, in the same order. It answers ``flag``. ``channel`` is the review
    channel that let its author publish it (empty: none did); ``by_admin``: the author is an
    admin."""

    id: int
    question: str
    text: str
    author: str
    author_name: str
    written: datetime
    expires: datetime
    sources: tuple[Source, ...]
    fingerprints: tuple[str, ...]
    acl: Acl
    flag: int | None = None
    channel: str = ""
    by_admin: bool = False
