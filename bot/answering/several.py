"""Several questions in one message: each is answered, in one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from bot.foreign import on_one_line
from bot.model import (
    Answer,
    Clarify,
    Linked,
    NoAnswer,
    Question,
    Result,
    Role,
    Source,
    Timings,
    Tone,
    Turn,
    Unchecked,
    VerifiedPart,
    is_unsure,
    why_no_model,
)
from bot.ports import Answering, OnText
from indexers.text.prose import plain_line

MOST = 5
"""Questions; a message with more is taken as one."""
_NEAREST = 3
_SHORTEST = 3
"""Words; shorter ones ("Right?") belong to the question before."""
_HEADING = 150
"""Characters."""

_END = re.compile(r"(?<=[?\uff1f\u061f])\s+|\n+")
_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")
_ALTERNATIVE = re.compile(r"or\b", re.IGNORECASE)
_LEANING = re.compile(
    r"^(?:and|but|also|then|so)\b|\b(?:it|its|that|this|they|them|these|those|there)\b",
    re.IGNORECASE,
)
_PLEASANTRY = re.compile(
    r"\W*(?:(?:can|could|would|does|is there)\s+(?:some|any)(?:one|body)\b"
    r"[^?]{0,40}\b(?:help|know|answer)"
    r"(?:\s+(?:me|us|this|that|with this))?|any\s+(?:idea|clue|thoughts)s?|quick question"
    r"|may i ask(?: (?:something|a question))?)\W*",
    re.IGNORECASE,
)
_NOTE = re.compile(r"```.*?```|`[^`\n]*`|\[(?P<note>\d{1,2})\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Several:
    """Answering of messages that may ask more than one thing, on top of ``answering``."""

    answering: Answering

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a message. Only a single question is streamed: the footnotes of several are known
        when all are answered.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        asked = questions(question.text)
        if len(asked) < 2:
            return self.answering.answer(question, on_text)
        results = [_told(self.answering.answer(one)) for one in _alone(question, asked)]
        return _together(asked, results)


def questions(text: str) -> list[str]:
    """Return the questions of ``text``, each with its introduction. A text that asks one thing, or
    that is uncertain, is one question."""
    if "```" in text:
        return [text]
    parts = [_ITEM.sub("", part).strip() for part in _END.split(text)]
    found: list[str] = []
    preamble: list[str] = []
    between: list[str] = []
    for part in filter(None, parts):
        if _PLEASANTRY.fullmatch(part):
            continue
        if part[-1] not in "?\uff1f\u061f":
            (between if found else preamble).append(part)
        elif found and not between and (_is_short(part) or _ALTERNATIVE.match(part)):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(" ".join([*preamble, *between, part]))
            between = []
    if between or not 1 < len(found) <= MOST or any(map(_is_short, found)):
        return [text]
    return found


def without_questions(text: str, asked: Sequence[str]) -> str:
    """Return the text of an answer to ``asked`` without the questions above its parts."""
    for one in asked if len(asked) > 1 else ():
        text = text.replace(f"{_heading(one)}\n\n", "", 1)
    return text


def _heading(question: str) -> str:
    return f"> {_shown(question)}"


def _shown(question: str) -> str:
    return on_one_line(plain_line(" ".join(question.split()))[:_HEADING])


def _is_short(part: str) -> bool:
    return part.isascii() and len(part.split()) < _SHORTEST


def _alone(question: Question, asked: Sequence[str]) -> Iterator[Question]:
    """Yield the questions. One that refers to the one before it ("And who pays for it?") gets it as
    its history."""
    before: tuple[Turn, ...] = ()
    for text in asked:
        history = (*question.history, *before) if _LEANING.search(text) else question.history
        yield replace(question, text=text, history=history)
        before = (Turn(Role.ASKER, text),)


def _told(result: Result) -> Answer | NoAnswer:
    """Return the answer without buttons, for which there is no room: a clarifying question becomes
    text, with the pages that it may mean."""
    if not isinstance(result, Clarify):
        return result
    readings = [
        f"- {on_one_line(one.label)} [{number}]" for number, one in enumerate(result.readings, 1)
    ]
    # Its labels are the wiki's words, among which only ours may be footnotes.
    text = "\n\n".join([on_one_line(result.text), "\n".join(readings)])
    return Answer(
        text,
        result.sources,
        result.confidence,
        result.timings,
        result.unchecked,
        linked=result.linked,
        narrowed=result.narrowed,
    )


def _together(asked: Sequence[str], results: Sequence[Answer | NoAnswer]) -> Result:
    answers = [one for one in results if isinstance(one, Answer)]
    timings = _sum([one.timings for one in results])
    if not answers:
        refusals = [one for one in results if isinstance(one, NoAnswer)]
        nearest = dict.fromkeys(source for one in refusals for source in one.nearest)
        return replace(
            refusals[0],
            nearest=tuple(nearest)[:_NEAREST],
            timings=timings,
            unchecked=_unchecked(results),
            linked=_linked(results),
            fallback=next((one.fallback for one in refusals if one.fallback), None),
        )
    unsure = all(map(is_unsure, answers))
    denial = all(one.denial for one in answers)
    numbers: dict[tuple[str, str, str], int] = {}
    sources: list[Source] = []
    parts: list[str] = []
    for text, one in zip(asked, results, strict=True):
        parts.append(_heading(text))
        parts.append(
            " ".join(filter(None, (one.text, why_no_model(one))))
            if isinstance(one, NoAnswer)
            else _renumbered(one, numbers, sources)
        )
    return Answer(
        "\n\n".join(parts),
        tuple(sources),
        min(one.confidence for one in answers),
        timings,
        unchecked=_unchecked(results),
        linked=_linked(results),
        composed=any(one.composed for one in answers),
        fallback=next((one.fallback for one in answers if one.fallback), None),
        narrowed=next((one.narrowed for one in results if one.narrowed), None),
        left_out=sum(one.left_out for one in answers),
        cut=any(one.cut for one in answers),
        unclear=tuple(text for one in answers for text in one.unclear),
        denial=denial,
        tone=Tone.CLOSEST if unsure and not denial else Tone.ANSWER,
        nearest=_nearest(results, sources),
        early=any(one.early for one in answers),
        verified_parts=tuple(
            VerifiedPart(_shown(text), one.verified)
            for text, one in zip(asked, results, strict=True)
            if isinstance(one, Answer) and one.verified
        ),
    )


def _nearest(results: Sequence[Answer | NoAnswer], sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the pages worth a look that are no source. A refusal's words may rest on all that it
    leads to: a person who may not read these must not be shown its words later."""
    named = {(source.wiki, source.page) for source in sources}
    shown, near = (
        dict.fromkeys(
            source
            for one in results
            if isinstance(one, kind)
            for source in one.nearest
            if (source.wiki, source.page) not in named
        )
        for kind in (NoAnswer, Answer)
    )
    return tuple(dict.fromkeys([*shown, *list(near)[: max(0, _NEAREST - len(shown))]]))


def _renumbered(
    answer: Answer, numbers: dict[tuple[str, str, str], int], sources: list[Source]
) -> str:
    """Return its text, with footnotes numbered on from those before; a section has one number in
    all."""
    notes: dict[int, int] = {}
    for number, source in enumerate(answer.sources, start=1):
        place = (source.wiki, source.page, source.url)
        if place not in numbers:
            sources.append(source)
            numbers[place] = len(sources)
        notes[number] = numbers[place]

    def renumber(match: re.Match[str]) -> str:
        number = int(match["note"]) if match["note"] else 0
        return f"[{notes[number]}]" if number in notes else match[0]

    return _NOTE.sub(renumber, answer.text)


def _sum(timings: Sequence[Timings]) -> Timings:
    names = [field.name for field in fields(Timings)]
    return Timings(**{name: sum(getattr(one, name) for one in timings) for name in names})


def _linked(results: Sequence[Answer | NoAnswer]) -> tuple[Linked, ...]:
    found = {(one.wiki, one.page): one for each in results for one in each.linked}
    return tuple(found.values())[:_NEAREST]


def _unchecked(results: Sequence[Answer | NoAnswer]) -> Unchecked | None:
    unchecked = [one.unchecked for one in results if one.unchecked]
    if not unchecked:
        return None
    known = [one.last_check for one in unchecked if one.last_check]
    return Unchecked(min(known) if len(known) == len(unchecked) else None)
