"""An answer that a person wrote, as far as it is given to who asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Source
from indexers.model import Acl


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that a reviewer wrote to ``question``. It rests on the pages of
    ``sources``, whose ``quote`` is empty, and is for those whom ``acl`` admits, until
    ``expires``. ``says`` are the fingerprints of what these pages say, in their order;
    ``flag`` is where it was written. ``channel`` is the review channel that let its author
    publish it, empty if none did; ``by_admin``: they are an admin."""

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
