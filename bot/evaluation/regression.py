"""Feedback on answers -> questions that must be answered right from now on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.evaluation.lines import write_rows
from footnote_bot.bot.evaluation.measures import normalise
from footnote_bot.bot.evaluation.pages import full_name
from footnote_bot.bot.flags.model import Complaint, Flag, FlagState
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.bot.model import Answer, Result, Role

_PRAISED = "praised"
_UNFIT, _UNSURE, _FIT = 0.0, 0.5, 1.0
"""Grades of a page."""
_PRAISE, _OPEN, _SETTLED = 0, 1, 2
"""Weights of a vote: praise, an open flag, a settled flag."""


@dataclass(frozen=True, slots=True)
class _Vote:
    """One person's judgement of an answer: ``page`` grades the pages that it cites, ``answerable``
    says whether the wiki has an answer; None: unknown. If two differ, the greater ``weight``
    counts."""

    weight: int
    page: float
    answerable: bool | None


@dataclass(slots=True)
class _Votes:
    """All judgements of one question."""

    recorded: RecordedAnswer
    kind: str
    flags: list[int] = field(default_factory=list)
    pages: dict[str, list[_Vote]] = field(default_factory=dict)
    votes: list[_Vote] = field(default_factory=list)


def regression(
    flags: Sequence[Flag],
    praised: Sequence[RecordedAnswer],
    earlier: Callable[[RecordedAnswer], Sequence[RecordedAnswer]],
) -> list[dict[str, Any]]:
    """Return the rows of a question set, one for each question, in the order of their answers.
    ``earlier`` returns the answers before an answer in its thread.

    - *praised*, or a flag settled as **not wrong**: the cited pages are right. If the bot gave
      no answer, there is none. If the bot asked back, it stays unknown whether there is one.
    - **outdated**, **incomplete**: the cited pages are right, whatever they say now.
    - **wrong page**: the cited pages are unfit (grade 0), also when the flag is fixed.
    - **wrong**: while the flag is open, nobody knows whether the pages or the words are wrong;
      once it is fixed, the pages are right.
    - without a reason (a reaction): as *wrong*.
    - **answered**: there is an answer, and the pages that its reviewer named are right; other
      judgements of the cited pages stay.
    - any of these if the bot gave no answer: there is one, on a page that nobody named.
    - **unanswered** (somebody asked the owners of the wiki): once it is fixed, there is one.
    - withdrawn: nothing.

    A settled flag outweighs an open one, and an open one outweighs praise; of two with the same
    weight the worse one counts. A question without a judgement stays in the set: it is asked, and
    a comparison shows whether its answer has changed. One whose words are lost is left out.
    """
    entries: dict[tuple[str, int], _Votes] = {}
    for flag in flags:
        if flag.state is not FlagState.WITHDRAWN and flag.recorded.asked.question:
            entry = _entry(entries, flag.recorded, flag.complaint.value, earlier)
            entry.flags.append(flag.id)
            _add_vote(entry, flag.recorded.answer, _vote(flag))
            if flag.state is FlagState.ANSWERED and _is_verified(flag.again):
                _add_vote(entry, flag.again, _Vote(_SETTLED, _FIT, True))
    for recorded in praised:
        if isinstance(recorded.answer, Answer) and recorded.asked.question:
            entry = _entry(entries, recorded, _PRAISED, earlier)
            _add_vote(entry, recorded.answer, _Vote(_PRAISE, _FIT, True))
    ordered = sorted(entries.values(), key=lambda entry: entry.recorded.id)
    return [_row(entry, earlier(entry.recorded)) for entry in ordered]


def _entry(
    entries: dict[tuple[str, int], _Votes],
    recorded: RecordedAnswer,
    kind: str,
    earlier: Callable[[RecordedAnswer], Sequence[RecordedAnswer]],
) -> _Votes:
    """Return the question's entry. Words count as the same only in the same conversation."""
    starts_thread = not earlier(recorded)
    key = (normalise(recorded.asked.question), 0 if starts_thread else recorded.id)
    return entries.setdefault(key, _Votes(recorded, kind))


def _is_verified(result: Result | None) -> bool:
    """Return whether the result is an answer that a person wrote."""
    return isinstance(result, Answer) and result.verified is not None


def _add_vote(entry: _Votes, result: Result | None, vote: _Vote) -> None:
    """Add a vote on the question, and on each page that the result cites."""
    entry.votes.append(vote)
    if isinstance(result, Answer):
        for source in result.sources:
            entry.pages.setdefault(full_name(source.wiki, source.page), []).append(vote)


def _vote(flag: Flag) -> _Vote:
    """Return the vote of a flag that is not withdrawn, by the rules of `regression`."""
    had_answer = isinstance(flag.recorded.answer, Answer)
    if flag.state is FlagState.NOT_WRONG:
        return _Vote(_SETTLED, _FIT, had_answer)
    weight = _SETTLED if flag.state.settled else _OPEN
    if flag.complaint is Complaint.UNANSWERED or not had_answer:
        is_waiting = flag.complaint is Complaint.UNANSWERED and not flag.state.settled
        return _Vote(weight, _UNSURE, None if is_waiting else True)
    match flag.complaint:
        case Complaint.WRONG_PAGE:
            return _Vote(weight, _UNFIT, None)
        case Complaint.WRONG | Complaint.UNSAID:
            if flag.state is FlagState.FIXED:
                return _Vote(weight, _FIT, True)
            return _Vote(weight, _UNSURE, True if flag.state is FlagState.ANSWERED else None)
        case Complaint.OUTDATED | Complaint.INCOMPLETE:
            return _Vote(weight, _FIT, True)


def _row(entry: _Votes, earlier: Sequence[RecordedAnswer]) -> dict[str, Any]:
    """Return the question as a row; ``earlier`` are the answers before it in its thread."""
    grades = {page: _grade(votes) for page, votes in entry.pages.items()}
    return {
        "id": f"answer-{entry.recorded.id}",
        "question": entry.recorded.asked.question,
        "relevant": {page: grade for page, grade in grades.items() if grade != _UNSURE},
        "answerable": _answerable(entry.votes),
        "type": entry.kind,
        "history": [
            turn for recorded in earlier for turn in _turns(recorded, entry.recorded.asked.asker)
        ],
        "private": entry.recorded.asked.private,
        "flags": entry.flags,
    }


def _grade(votes: Sequence[_Vote]) -> float:
    """Return the worst grade among the votes of the greatest weight."""
    heaviest = max(vote.weight for vote in votes)
    return min(vote.page for vote in votes if vote.weight == heaviest)


def _answerable(votes: Sequence[_Vote]) -> bool | None:
    """Return whether there is an answer; None if the votes of most weight do not agree."""
    known = [vote for vote in votes if vote.answerable is not None]
    heaviest = max((vote.weight for vote in known), default=_PRAISE)
    opinions = {vote.answerable for vote in known if vote.weight == heaviest}
    return opinions.pop() if len(opinions) == 1 else None


def _turns(recorded: RecordedAnswer, asker: str) -> list[dict[str, str]]:
    """Return question and answer as turns; an asker other than ``asker`` is another person."""
    role = Role.ASKER if recorded.asked.asker == asker else Role.OTHER
    turns = [(role, recorded.asked.question), (Role.BOT, recorded.answer.text)]
    return [{"role": who.value, "text": text} for who, text in turns if text]


def write_judged(verdicts: KeptVerdicts, file: Path) -> int:
    """Write the questions whose answers people judged, as a question set. Return their number.

    Raises:
        BadSet: the file cannot be written.
    """
    rows = [row for _, _, row in judged(verdicts)]
    write_rows(file, rows)
    return len(rows)


def judged(verdicts: KeptVerdicts) -> list[tuple[int, str, dict[str, Any]]]:
    """Return the rows of a question set, each with its number and its name."""
    rows = regression(verdicts.flags(), verdicts.praised(), verdicts.earlier)
    return [(number, f"judged question {number}", row) for number, row in enumerate(rows, start=1)]
