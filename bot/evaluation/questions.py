"""Question sets and corpora as JSON Lines, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BotError
from indexers.model import (
    OPEN,
    Changed,
    Enumerated,
    KnownPage,
    Page,
    PageChange,
    Section,
    Unchanged,
    digest,
)

SCRATCH_WIKI = "corpus"


class BadSet(BotError):
    """A question set or corpus that cannot be read; says which line and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its judgements: ``relevant`` grades page keys; ``answers`` are
    texts one of which a right answer holds; ``answerable`` is None where unsaid."""

    id: str
    question: str
    relevant: Mapping[str, float]
    answers: tuple[str, ...]
    answerable: bool | None

    @property
    def unanswerable(self) -> bool:
        return self.answerable is False


def read_cases(file: Path) -> list[Case]:
    """
    Raises:
        BadSet: no such file, or a line that is no question.
    """
    return [
        Case(
            id=str(row.get("id", number)),
            question=_text(row, "question", file, number),
            relevant={str(key): float(grade) for key, grade in (row.get("relevant") or {}).items()},
            answers=tuple(map(str, row.get("answers") or ())),
            answerable=row.get("answerable"),
        )
        for number, row in _rows(file)
    ]


class Corpus:
    """A file of pages (id, title, text) as a wiki, for a scratch index."""

    name = SCRATCH_WIKI
    requests = 0

    def __init__(self, file: Path) -> None:
        """
        Raises:
            BadSet: no such file, or a line that is no page.
        """
        self._pages = {
            page.key: page
            for page in (
                _page(_text(row, "id", file, number), row.get("title") or "", row.get("text") or "")
                for number, row in _rows(file)
            )
        }
        self.identity = digest(*(page.revision for page in self._pages.values()))

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        yield Enumerated(frozenset(self._pages))
        for key, page in self._pages.items():
            same = key in known and known[key].revision == page.revision
            yield Unchanged(key) if same else Changed(page)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(keys) - self._pages.keys()


def _page(key: str, title: str, text: str) -> Page:
    return Page(
        wiki=SCRATCH_WIKI,
        key=key,
        title=title,
        url=f"https://corpus.invalid/{key}",
        revision=digest(key, title, text),
        acl=OPEN,
        sections=(Section((), "", text),),
    )


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise BadSet(f"{file}, line {number}: not an object")
                    yield number, row
    except json.JSONDecodeError as error:
        raise BadSet(f"{file}: not JSON Lines ({error})") from None
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise BadSet(f"{file}: cannot be read ({error})") from None


def _text(row: Mapping[str, Any], key: str, file: Path, number: int) -> str:
    if not (value := row.get(key)):
        raise BadSet(f"{file}, line {number}: no {key!r}")
    return str(value)
