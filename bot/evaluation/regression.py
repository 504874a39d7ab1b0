"""Feedback on answers -> questions that must be answered right from now on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.conversation.model import RecordedAnswer
from bot.evaluation.measures import normalise
from bot.evaluation.pages import full_name
from bot.flags.model import Complaint, Flag, FlagState
from bot.model import Answer, Clarify, Result, Role

_PRAISED = "praised"
_UNFIT, _UNSURE, _FIT = 0.0, 0.5, 1.0


@dataclass(frozen=True, slots=True)
class _Voice:
    """One person's judgement of an answer: ``page`` grades the pages that it cites, ``answerable``
    says whether the wiki has an answer. Where two differ, the greater ``weight`` counts."""

    weight: int
    page: float
    answerable: bool | None


@dataclass(slots=True)
class _Heard:
    """All judgements of one question."""

    recorded: RecordedAnswer
    kind: str
    flags: list[int] = field(default_factory=list)
    pages: dict[str, list[_Voice]] = field(default_factory=dict)
    voices: list[_Voice] = field(default_factory=list)


def regression(
    flags: Sequence[Flag],
    praised: Sequence[RecordedAnswer],
    earlier: Callable[[RecordedAnswer], Sequence[RecordedAnswer]],
) -> list[dict[str, Any]]:
    """Return the rows of a question set, one for each question, in the order of their answers.
    ``earlier`` returns the answers before one in its thread.

    - *praised*, or a flag that was found **not wrong**: the pages that were cited are right.
      A silence that was found not wrong is: there is no answer. A question in return that
      was found not wrong says nothing of that.
    - **outdated**, **incomplete**: the right pages, whatever they say now.
    - **wrong page**: those pages are unfit (grade 0), also when the flag is fixed.
    - **wrong**: while it is open nobody knows whether pages or words are; once it is fixed
      the pages are right.
    - without a reason (a reaction): as *wrong*.
    - **answered**: there is an answer, and the pages that its reviewer named are right; what
      else is said of the pages that were cited stays.
    - any of these about a silence: there is an answer, on a page that nobody named.
    - **unanswered** (somebody asked those who keep the wiki): once it is fixed there is one.
    - withdrawn: nothing.

    A settled flag outweighs an open one, an open one outweighs praise; of two alike the
    worse one counts. A question of which nothing is known stays in the set: it is asked, and
    a comparison shows whether its answer has changed.
    """
    heard: dict[tuple[str, int], _Heard] = {}
    for flag in flags:
        if flag.state is not FlagState.WITHDRAWN:
            entry = _entry(heard, flag.recorded, flag.complaint.value, earlier)
            entry.flags.append(flag.id)
            _listen(entry, flag.recorded.answer, _of_flag(flag))
            if flag.state is FlagState.ANSWERED and _is_verified(flag.again):
                _listen(entry, flag.again, _Voice(2, _FIT, True))
    for recorded in praised:
        if isinstance(recorded.answer, Answer):
            entry = _entry(heard, recorded, _PRAISED, earlier)
            _listen(entry, recorded.answer, _Voice(0, _FIT, True))
    ordered = sorted(heard.values(), key=lambda entry: entry.recorded.id)
    return [_row(entry, earlier(entry.recorded)) for entry in ordered]


def _entry(
    heard: dict[tuple[str, int], _Heard],
    recorded: RecordedAnswer,
    kind: str,
    earlier: Callable[[RecordedAnswer], Sequence[RecordedAnswer]],
) -> _Heard:
    """Return the entry of the question. The same words are the same question only within the same
    conversation."""
    alone = not earlier(recorded)
    key = (normalise(recorded.asked.question), 0 if alone else recorded.id)
    return heard.setdefault(key, _Heard(recorded, kind))


def _is_verified(said: Result | None) -> bool:
    return isinstance(said, Answer) and said.verified is not None


def _listen(entry: _Heard, said: Result | None, voice: _Voice) -> None:
    entry.voices.append(voice)
    if isinstance(said, Answer):
        for source in said.sources:
            entry.pages.setdefault(full_name(source.wiki, source.page), []).append(voice)


def _of_flag(flag: Flag) -> _Voice:
    if flag.state is FlagState.NOT_WRONG:
        asked_back = isinstance(flag.recorded.answer, Clarify)
        return _Voice(2, _FIT, None if asked_back else isinstance(flag.recorded.answer, Answer))
    fixed = flag.state is FlagState.FIXED
    answered = flag.state is FlagState.ANSWERED
    weight = 2 if flag.state.settled else 1
    if flag.complaint is Complaint.UNANSWERED or not isinstance(flag.recorded.answer, Answer):
        asked = flag.complaint is Complaint.UNANSWERED and not flag.state.settled
        return _Voice(weight, _UNSURE, None if asked else True)
    match flag.complaint:
        case Complaint.WRONG_PAGE:
            return _Voice(weight, _UNFIT, None)
        case Complaint.WRONG | Complaint.UNSAID:
            if fixed:
                return _Voice(weight, _FIT, True)
            return _Voice(weight, _UNSURE, True if answered else None)
        case Complaint.OUTDATED | Complaint.INCOMPLETE:
            return _Voice(weight, _FIT, True)


def _row(entry: _Heard, before: Sequence[RecordedAnswer]) -> dict[str, Any]:
    grades = {
        page: min((-voice.weight, voice.page) for voice in voices)[1]
        for page, voices in entry.pages.items()
    }
    said = [(v.weight, v.answerable) for v in entry.voices if v.answerable is not None]
    loudest = max((weight for weight, _ in said), default=0)
    answerable = {value for weight, value in said if weight == loudest}
    return {
        "id": f"answer-{entry.recorded.id}",
        "question": entry.recorded.asked.question,
        "relevant": {page: grade for page, grade in grades.items() if grade != _UNSURE},
        "answerable": answerable.pop() if len(answerable) == 1 else None,
        "type": entry.kind,
        "history": [
            turn for recorded in before for turn in _turns(recorded, entry.recorded.asked.asker)
        ],
        "private": entry.recorded.asked.private,
        "flags": entry.flags,
    }


def _turns(recorded: RecordedAnswer, asker: str) -> list[dict[str, str]]:
    role = Role.ASKER if recorded.asked.asker == asker else Role.OTHER
    return [
        {"role": role.value, "text": recorded.asked.question},
        {"role": Role.BOT.value, "text": recorded.answer.text},
    ]
