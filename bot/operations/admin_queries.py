"""The port `bot.operations.ports.Operating`: an admin's queries to the running bot."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.passes import PassLog, health
from footnote_bot.bot.operations.ports import IndexedWikis
from footnote_bot.indexers.model import EVERYONE, Principal

LATELY = timedelta(days=7)
"""How far back the status reports passes."""


@dataclass(frozen=True, slots=True)
class AdminQueries:
    """The answers to an admin's queries. ``answer`` returns quotations; ``rechecked`` are the wikis
    whose pages are rechecked for an answer; ``last_pass`` returns up to when one is current."""

    parts: IndexedWikis
    passes: PassLog
    answer: Callable[[Question], Result]
    rechecked: Container[str]
    last_pass: Callable[[str], datetime | None]
    clock: Callable[[], datetime]

    def status(self) -> dict[str, Any]:
        """Return pages and passages of each wiki, including those that are not synced yet, and how
        its passes went. Wikis that left the settings are left out: no answer comes from pages that
        the index still holds of them."""
        passes, wikis = self.passes.since(self.clock() - LATELY), self.parts.wikis
        # A status report must not create the index.
        index = self.parts.index if self.parts.is_made else None
        counts, read_as = (index.counts(), wikis.read_as) if index else ({}, {})
        trouble = index.trouble if index else ""
        missing, rows = wikis.missing, {}  # read once: it looks at each wiki's folder
        for name in wikis:
            pages, passages = counts.get(name, (0, 0))
            row = {
                "pages": pages,
                "passages": passages,
                "read_as": asdict(read_as[name]) if name in read_as else None,
                **health([pass_ for pass_ in passes if pass_.wiki == name]),
            }
            if name in missing:
                row["error"] = missing[name]
            # The last complete pass may be older than `LATELY`.
            if index and row["as_of"] is None and (last := self.last_pass(name)):
                row["as_of"] = last.isoformat()
            rows[name] = row
        return {
            "building": bool(index and (index.building or trouble)),
            "unfinished": bool(index and index.is_unfinished),
            "trouble": trouble,
            "wikis": rows,
        }

    def for_everyone(self, question: str) -> Result:
        """Return the answer that everyone would get now, in quotations."""
        return self.answer(Question(question, Principal.of(EVERYONE)))

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        """Return whether the person may read the page, and how answers use it."""
        access = self.parts.access(email, url, held=groups)
        return AccessNow(access, self.last_pass(access.wiki), access.wiki in self.rechecked)
