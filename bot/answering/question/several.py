"""Several questions in one message, with one answer to all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from footnote_bot.bot.foreign import on_one_line
from footnote_bot.bot.model import (
    Answer,
    Linked,
    NoAnswer,
    Question,
    Result,
    Role,
    Source,
    Timings,
    Turn,
    Unchecked,
    VerifiedPart,
    why_no_model,
)
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.indexers.text.prose import plain_line

MOST = 5
"""Questions in a message. A message with more counts as one question."""
_NEAREST = 3
_SHORTEST = 4
"""Words of a question. A shorter one ("Or Tuesday?") belongs to the question before it."""
_OWN_TOPIC = 5
"""Words of a question that says what it is about."""
_HEADING = 150
"""Characters of a question above its answer."""

_MARKS = ("?", "\uff1f", "\u061f")
_END = re.compile(r"(?<=[?\uff1f\u061f])\s+|\n+")
_SENTENCE = re.compile(r"(?<=[.!\u3002])\s+")
_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d{1,2}[.)])\s+")
_NOTE = re.compile(r"```.*?```|`[^`\n]*`|\[(?P<note>\d{1,2})\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Several:
    """Answers messages that may ask several questions, with ``answering`` for each."""

    answering: Answering

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a message. Only the answer to a single question is streamed: the footnotes of
        several are known once all are answered.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question_texts = questions(question.text)
        if len(question_texts) < 2:
            return self.answering.answer(question, on_text)
        results = map(self.answering.answer, _split(question, question_texts))
        return combined(question_texts, list(results))


def questions(text: str) -> list[str]:
    """Return the questions of ``text``, each with its introduction. A text that asks, or may ask,
    only one thing is one question."""
    if "```" in text:
        return [text]
    complete: list[str] = []
    preamble: list[str] = []
    between: list[str] = []
    for part in _parts(text):
        if not part.endswith(_MARKS):
            (between if complete else preamble).append(part)
        elif complete and not between and _words(part) < _SHORTEST:
            complete[-1] = f"{complete[-1]} {part}"
        else:
            complete.append(" ".join([*preamble, *between, part]))
            between = []
    if between or not 1 < len(complete) <= MOST:
        return [text]
    return complete if all(_words(part) >= _SHORTEST for part in complete) else [text]


def asking(text: str) -> str:
    """Return the sentences of ``text`` that end with a question mark, if it has others, too; else
    nothing. An answer may fit them better than the whole."""
    parts = [part for line in _parts(text) for part in _SENTENCE.split(line)]
    asked = [part for part in parts if part.endswith(_MARKS)]
    return " ".join(asked) if len(asked) < len(parts) else ""


def _parts(text: str) -> list[str]:
    """Cut the text at question marks and line breaks; drop the marks of list items."""
    return list(filter(None, (_ITEM.sub("", part).strip() for part in _END.split(text))))


def without_questions(text: str, question_texts: Sequence[str]) -> str:
    """Return the text of an answer to ``question_texts`` without the questions above its parts."""
    for question in question_texts if len(question_texts) > 1 else ():
        text = text.replace(f"{_heading(question)}\n\n", "", 1)
    return text


def _heading(question: str) -> str:
    return f"> {_shown(question)}"


def _shown(question: str) -> str:
    """Return the question on one line, without markup, cut to `_HEADING` characters."""
    return on_one_line(plain_line(" ".join(question.split()))[:_HEADING])


def _words(part: str) -> int:
    """Return the number of words; beyond ASCII, of characters: some scripts have no spaces."""
    return len(part.split()) if part.isascii() else len(part)


def _split(question: Question, question_texts: Sequence[str]) -> Iterator[Question]:
    """Yield the questions; one too short to name its topic gets the one before it as history."""
    previous: tuple[Turn, ...] = ()
    for text in question_texts:
        is_short = _words(text) < _OWN_TOPIC
        history = (*question.history, *previous) if is_short else question.history
        yield replace(question, text=text, history=history)
        previous = (Turn(Role.ASKER, text),)


def combined(question_texts: Sequence[str], results: Sequence[Result]) -> Result:
    """Return one reply to all questions: each answer below the text of its question."""
    answers = [result for result in results if isinstance(result, Answer)]
    timings = total([result.timings for result in results])
    if not answers:
        refusals = [result for result in results if isinstance(result, NoAnswer)]
        nearest = dict.fromkeys(source for result in refusals for source in result.nearest)
        return replace(
            refusals[0],
            nearest=tuple(nearest)[:_NEAREST],
            timings=timings,
            unchecked=_unchecked(results),
            linked=_linked(results),
            fallback=next((result.fallback for result in refusals if result.fallback), None),
        )
    denial = all(result.denial for result in answers)
    numbers: dict[tuple[str, str, str], int] = {}
    sources: list[Source] = []
    parts: list[str] = []
    for text, result in zip(question_texts, results, strict=True):
        parts.append(_heading(text))
        parts.append(
            " ".join(filter(None, (result.text, why_no_model(result))))
            if isinstance(result, NoAnswer)
            else _renumbered(result, numbers, sources)
        )
    return Answer(
        "\n\n".join(parts),
        tuple(sources),
        min(result.confidence for result in answers),
        timings,
        unchecked=_unchecked(results),
        linked=_linked(results),
        composed=any(result.composed for result in answers),
        fallback=next((result.fallback for result in answers if result.fallback), None),
        narrowed=next((result.narrowed for result in results if result.narrowed), None),
        left_out=sum(result.left_out for result in answers),
        cut=any(result.cut for result in answers),
        shortened=any(result.shortened for result in answers),
        unclear=tuple(text for result in answers for text in result.unclear),
        unjudged=any(result.unjudged for result in answers),
        denial=denial,
        nearest=_nearest(results, sources),
        early=any(result.early for result in answers),
        verified_parts=tuple(
            VerifiedPart(_shown(text), result.verified)
            for text, result in zip(question_texts, results, strict=True)
            if isinstance(result, Answer) and result.verified
        ),
    )


def _nearest(results: Sequence[Answer | NoAnswer], sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the pages worth a look that are not sources. A refusal's text may rest on all pages
    that it leads to: a person who may not read these must not be shown its text later."""
    cited_pages = {(source.wiki, source.page) for source in sources}
    of_refusals, of_answers = (
        dict.fromkeys(
            source
            for result in results
            if isinstance(result, kind)
            for source in result.nearest
            if (source.wiki, source.page) not in cited_pages
        )
        for kind in (NoAnswer, Answer)
    )
    return tuple(
        dict.fromkeys([*of_refusals, *list(of_answers)[: max(0, _NEAREST - len(of_refusals))]])
    )


def _renumbered(
    answer: Answer, numbers: dict[tuple[str, str, str], int], sources: list[Source]
) -> str:
    """Return the text of ``answer`` with its footnotes renumbered, following those of the answers
    before it. A section has the same number in all answers."""
    notes: dict[int, int] = {}
    for number, source in enumerate(answer.sources, start=1):
        section = (source.wiki, source.page, source.url)
        if section not in numbers:
            sources.append(source)
            numbers[section] = len(sources)
        notes[number] = numbers[section]

    def renumber(match: re.Match[str]) -> str:
        number = int(match["note"]) if match["note"] else 0
        return f"[{notes[number]}]" if number in notes else match[0]

    return _NOTE.sub(renumber, answer.text)


def total(timings: Sequence[Timings]) -> Timings:
    """Return the sum of ``timings``, stage by stage."""
    names = [field.name for field in fields(Timings)]
    return Timings(**{name: sum(getattr(each, name) for each in timings) for name in names})


def _linked(results: Sequence[Answer | NoAnswer]) -> tuple[Linked, ...]:
    by_page = {(page.wiki, page.page): page for result in results for page in result.linked}
    return tuple(by_page.values())[:_NEAREST]


def _unchecked(results: Sequence[Answer | NoAnswer]) -> Unchecked | None:
    """Return the oldest last check of all results, unknown if one is; None if all are checked."""
    unchecked = [result.unchecked for result in results if result.unchecked]
    if not unchecked:
        return None
    known_moments = [note.last_check for note in unchecked if note.last_check]
    return Unchecked(min(known_moments) if len(known_moments) == len(unchecked) else None)
