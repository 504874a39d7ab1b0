"""Questions with their judgements, and their file format."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from footnote_bot.bot.evaluation.facts import Facts, facts_of
from footnote_bot.bot.evaluation.lines import BadSet, id_of, read_rows, text_of
from footnote_bot.bot.evaluation.matching import Matcher
from footnote_bot.bot.model import Role, Turn

log = logging.getLogger(__name__)

_Row = tuple[int, str, Mapping[str, Any]]
"""A row with its number and its place in words."""
_MEASURED = frozenset(
    {
        "id", "question", "relevant", "answers", "facts", "must_not", "answerable", "near_miss",
        "type", "kind", "turn", "history", "rewrite",
    }
)  # fmt: skip
_NOTES = frozenset({"flags", "private", "quote", "reference", "wiki"})
"""Keys that say where a question comes from, for people and other programs."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its judgements. ``relevant`` grades page keys; 0 is a page that it must
    not lead to. A right answer holds one of ``answers``. ``answerable`` is None if unknown.
    ``rewrite`` is the question in words that need no ``history``. ``turn`` counts the asker's
    turns from 1. A right answer states ``facts``. ``near_miss``: it has no answer, though a page
    is on its subject."""

    id: str
    question: str
    relevant: Mapping[str, float]
    answers: tuple[str, ...]
    answerable: bool | None
    kind: str = ""
    turn: int = 1
    history: tuple[Turn, ...] = ()
    rewrite: str = ""
    facts: Facts | None = None
    near_miss: bool = False

    @property
    def judged(self) -> bool:
        """Return whether a page is graded as relevant."""
        return any(grade > 0 for grade in self.relevant.values())

    @property
    def unfit(self) -> frozenset[str]:
        """Return the pages that the question must not lead to."""
        return frozenset(key for key, grade in self.relevant.items() if grade <= 0)

    @property
    def has_answer(self) -> bool:
        """Return whether there is an answer, as stated or as shown by the judgements."""
        stated = self.judged or self.facts is not None
        return self.answerable is True or (self.answerable is None and stated)

    @property
    def unanswerable(self) -> bool:
        return self.answerable is False

    @property
    def rewritten(self) -> Case:
        """Return the case asked in the words of its ``rewrite``, which it must have."""
        return replace(self, question=self.rewrite, history=())


def read_cases(file: Path) -> list[Case]:
    """Read a question set.

    Raises:
        BadSet: no such file, or a line that is no question.
    """
    return cases_of(_rows_with_warnings(read_rows(file)))


def _rows_with_warnings(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield the rows. Warn once of each unknown key, which may be misspelt and would measure
    nothing, and of repeated ids, because they prevent a comparison of two runs."""
    ids: dict[str, str] = {}
    unread: set[str] = set()
    for number, where, row in rows:
        for key in sorted(row.keys() - _MEASURED - _NOTES - unread):
            unread.add(key)
            close = get_close_matches(key, sorted(_MEASURED), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            log.warning("%s: %r is no key that is read%s", where, key, hint)
        if row.get("id") is not None:
            id_ = id_of(row, where)
            if first := ids.get(id_):
                log.warning("%s: the id %r is that of %s already", where, id_, first)
            ids.setdefault(id_, f"line {number}")
        yield number, where, row


def cases_of(rows: Iterable[_Row]) -> list[Case]:
    """Return the cases of rows. An id that occurs twice gets its row's number behind it: a row
    without an id has its number as one, which may be another row's id.

    Raises:
        BadSet: a row that is no question.
    """
    cases, ids, matcher = [], set[str](), Matcher()
    for number, where, row in rows:
        case = _case(row, number, where, matcher)
        if case.id in ids:
            case = replace(case, id=f"{case.id} (line {number})")
        ids.add(case.id)
        cases.append(case)
    return cases


def _case(row: Mapping[str, Any], number: int, where: str, matcher: Matcher) -> Case:
    """Return the case of a row, with its number and place (``where``)."""
    relevant = row.get("relevant") or {}
    answers = row.get("answers") or []
    if not isinstance(relevant, dict) or not all(map(_is_grade, relevant.values())):
        raise BadSet(f"{where}: 'relevant' is not {{page: grade}}")
    if not isinstance(answers, list):
        raise BadSet(f"{where}: 'answers' is no list")
    history = history_of(row.get("history") or [], where)
    turn = row.get("turn") or 1 + sum(earlier.role is Role.ASKER for earlier in history)
    if not isinstance(turn, int):
        raise BadSet(f"{where}: 'turn' is no number")
    return Case(
        id=str(number if row.get("id") is None else row["id"]),
        question=text_of(row, "question", where),
        relevant={str(key): float(grade) for key, grade in relevant.items()},
        answers=tuple(map(str, answers)),
        answerable=_truth(row, "answerable", where),
        kind=str(row.get("type") or row.get("kind") or ""),
        turn=turn,
        history=history,
        rewrite=str(row.get("rewrite") or ""),
        facts=facts_of(row, where, matcher),
        near_miss=_truth(row, "near_miss", where) or False,
    )


def _truth(row: Mapping[str, Any], key: str, where: str) -> bool | None:
    """Return true or false; None if the row does not say.

    Raises:
        BadSet: it says something else.
    """
    value = row.get(key)
    if not isinstance(value, bool | None):
        raise BadSet(f"{where}: {key!r} is neither true nor false")
    return value


def _is_grade(value: object) -> bool:
    return isinstance(value, int | float) and -_HIGHEST <= value <= _HIGHEST


_HIGHEST = 1000
"""Far above any grade: nDCG weighs by powers of two, and a float ends at 2 to the 1024. Python's
JSON also reads NaN, Infinity and integers of any length."""

_ROLES = {"asker": Role.ASKER, "user": Role.ASKER, "bot": Role.BOT, "assistant": Role.BOT}


def history_of(turns: object, where: str) -> tuple[Turn, ...]:
    """Return the turns of a history. A turn without a role is the asker's; roles that are neither
    an asker's nor a bot's count as another person's."""
    if not isinstance(turns, list):
        raise BadSet(f"{where}: 'history' is no list")
    history = []
    for turn in turns:
        row = {"role": "asker", "text": turn} if isinstance(turn, str) else turn
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise BadSet(f"{where}: a turn of 'history' is no {{role, text}}")
        role = str(row.get("role") or "asker")
        history.append(Turn(_ROLES.get(role, Role.OTHER), row["text"]))
    return tuple(history)
