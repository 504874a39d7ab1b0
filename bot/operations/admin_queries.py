"""The port `bot.operations.ports.Operating`: an admin's queries to the running bot."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.passes import Pass, PassLog, health
from footnote_bot.indexers.findings import Access
from footnote_bot.indexers.model import EVERYONE, Principal, ReadAs

LATELY = timedelta(days=7)
"""How far back the status reports passes."""


def overview(  # noqa: PLR0913 - one for each part of the report
    wikis: Iterable[str],
    counts: Mapping[str, tuple[int, int]],
    passes: Sequence[Pass],
    *,
    building: bool,
    unfinished: bool = False,
    trouble: str = "",
    read_as: Mapping[str, ReadAs] = {},
    missing: Mapping[str, str] = {},
) -> dict[str, Any]:
    """Return pages and passages of each of ``wikis``, including those that are not synced yet, and
    how its ``passes`` went. Wikis that left the settings are left out: no answer comes from pages
    that the index still holds of them. ``trouble`` says why an index is being rebuilt, if one is;
    ``unfinished``: a full sync was stopped; ``missing`` says why a wiki cannot be read, by wiki."""
    every = {name: counts.get(name, (0, 0)) for name in wikis}
    return {
        "building": building or bool(trouble),
        "unfinished": unfinished,
        "trouble": trouble,
        "wikis": {
            name: {
                "pages": pages,
                "passages": passages,
                "read_as": asdict(read_as[name]) if name in read_as else None,
                **health([pass_ for pass_ in passes if pass_.wiki == name]),
                **({"error": missing[name]} if missing.get(name) else {}),
            }
            for name, (pages, passages) in every.items()
        },
    }


class Counting(Protocol):
    @property
    def building(self) -> bool: ...

    @property
    def is_unfinished(self) -> bool: ...

    @property
    def trouble(self) -> str: ...

    def counts(self) -> dict[str, tuple[int, int]]: ...


class ReadWikis(Protocol):
    """The wikis by name."""

    def __iter__(self) -> Iterator[str]: ...

    @property
    def read_as(self) -> Mapping[str, ReadAs]: ...

    @property
    def missing(self) -> Mapping[str, str]: ...


class IndexedWikis(Protocol):
    """The part of `indexers.indexing.Indexing` that is needed here."""

    @property
    def wikis(self) -> ReadWikis: ...

    @property
    def is_made(self) -> bool: ...

    @property
    def index(self) -> Counting: ...

    def access(self, email: str, url: str, *, held: frozenset[str] = ...) -> Access: ...


@dataclass(frozen=True, slots=True)
class AdminQueries:
    """The answers to an admin's queries. ``answer`` returns quotations. ``rechecked`` are the wikis
    whose pages are rechecked before an answer; ``last_pass`` returns the time up to which the index
    is current."""

    parts: IndexedWikis
    passes: PassLog
    answer: Callable[[Question], Result]
    rechecked: Container[str]
    last_pass: Callable[[str], datetime | None]
    clock: Callable[[], datetime]

    def status(self) -> dict[str, Any]:
        passes, wikis = self.passes.since(self.clock() - LATELY), self.parts.wikis
        if not self.parts.is_made:  # a status report must not create the index
            return overview(wikis, {}, passes, building=False, missing=wikis.missing)
        index = self.parts.index
        report = overview(
            wikis,
            index.counts(),
            passes,
            building=index.building,
            unfinished=index.is_unfinished,
            trouble=index.trouble,
            read_as=wikis.read_as,
            missing=wikis.missing,
        )
        for name, row in report["wikis"].items():
            # The last complete pass may be older than `LATELY`.
            if row["as_of"] is None and (last := self.last_pass(name)):
                row["as_of"] = last.isoformat()
        return report

    def for_everyone(self, question: str) -> Result:
        return self.answer(Question(question, Principal.of(EVERYONE)))

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        access = self.parts.access(email, url, held=groups)
        return AccessNow(access, self.last_pass(access.wiki), access.wiki in self.rechecked)
