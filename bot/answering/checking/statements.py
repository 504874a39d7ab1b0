"""Sentences with a number, and whether two of them give a number for the same thing.

A number is an amount, or identifies a thing: host 12, floor 2, the year 2024. Two statements can
only disagree if everything that identifies the thing is the same in both: the numbers and names of
title and headings, the numbers of the question, and the label at a sentence's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from bot.answering.checking.facts import is_held
from bot.answering.quoting.examples import is_example
from bot.answering.quoting.outline import outline
from bot.answering.words.english import word_set
from bot.answering.words.numbers import UNITS, StatedNumber, read_numbers
from bot.answering.words.quantities import Quantity, quantities
from bot.answering.words.roles import TokenRole, Word, limits, read
from indexers.model import Passage
from indexers.text.prose import plain

_FEWEST = 2
"""Words beside the numbers. Sentences with fewer are not compared."""
_LONGEST = 80
"""Words. A longer sentence is in fact a list or a table."""
_ALIKE = 0.7
"""The least share of words that two sentences have in common, without numbers."""
_NUMBERING = re.compile(r"(?<!\s)\s*+(?:\d{1,2}(?:\.\d{1,2}){1,8}[.)]?|\d{1,2}[.)])\s")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]")
_NUMBER = "#"
_LOWER = frozenset({"least", "more", "after"})
_UPPER = frozenset({"max", "less", "before"})
_DOTTED = re.compile(r"(?<![\d.,:])(\d{1,2})\.(\d\d)(?![\d.,:]\d|\d)")
_KINDS_OF_PAGE = word_set(
    "faq sop wiki howto readme todo tldr polici guid guidelin handbook overview process"
)
"""Stems of words that name no thing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with a number, and its passage. ``of`` are the numbers in title and headings, each
    with the word before it."""

    passage: Passage
    quote: str
    shown: str
    key: str
    numbers: tuple[StatedNumber, ...]
    line: tuple[str, ...]
    bounds: str
    names: frozenset[str]
    roots: frozenset[str]
    frame: frozenset[str]
    of: frozenset[tuple[str, str]]
    frame_names: frozenset[str]
    example: bool
    """Whether it is a worked example of a rule."""


@dataclass(frozen=True, slots=True)
class AskedWords:
    """The words of a question, and its numbers that identify a thing."""

    roots: frozenset[str]
    numbers: frozenset[str]


def asked_words(question: str) -> AskedWords:
    words = read(question)
    numbers = read_numbers(question)
    return AskedWords(
        _roots(words), frozenset(number.number for number in numbers if number.unit not in UNITS)
    )


def statements(passage: Passage) -> Iterator[Statement]:
    """Yield the sentences of ``passage`` that give a number."""
    headings = [_NUMBERING.sub("", heading, count=1) for heading in passage.headings]
    above = (passage.title, *headings)
    frames = [read(heading) for heading in above]
    frame = _roots([word for words in frames for word in words])
    numbers_above = frozenset(
        (number.of, number.number) for heading in above for number in read_numbers(heading)
    )
    names_in_text = _names(read(plain(passage.text)))
    frame_names = frozenset(
        name for words in frames for name in _names_of_title(words, names_in_text)
    )
    units = outline(passage.text)
    for unit in units:
        quote = passage.text[unit.start : unit.end]
        shown = " ".join(plain(quote).split())
        text = _FOOTNOTE.sub(" ", shown)
        words, numbers = read(text), read_numbers(text)
        roots = _roots(words)
        if numbers and len(roots) >= _FEWEST and len(words) <= _LONGEST:
            yield Statement(
                passage, quote, shown, _row_key(quote), numbers, _line(words), _bounds(words),
                _names(words), roots, frame, numbers_above, frame_names,
                is_example(shown, [*passage.headings[-1:], *(units[at].text for at in unit.leads)]),
            )  # fmt: skip


def disagree(first: Statement, second: Statement, question: AskedWords) -> bool:
    """Return whether two pages give the same thing two values."""
    if (first.passage.wiki, first.passage.page) == (second.passage.wiki, second.passage.page):
        return False
    if first.example or second.example or {*first.bounds, *second.bounds} == {*"<>"}:
        return False  # "at least 12" and "at most 64" are no two values
    if len(first.roots & second.roots) < _ALIKE * len(first.roots | second.roots):
        return False
    question_roots = [question.roots & (fact.roots | fact.frame) for fact in (first, second)]
    if question_roots[0] != question_roots[1] or not question_roots[0] & first.roots & second.roots:
        return False
    return (
        _about_the_same(first, second, question)
        and _values_differ(first, second)
        and not _are_equal_quantities(first.shown, second.shown)
    )


def _about_the_same(first: Statement, second: Statement, question: AskedWords) -> bool:
    if first.names != second.names or first.key != second.key or _are_of_a_series(first, second):
        return False
    for here, there in ((first, second), (second, first)):
        if not all(_has_numbered_thing(of, number, there) for of, number in here.of):
            return False
        if not here.frame_names <= _all_words(there):
            return False
    numbers = [
        {stated.number for stated in fact.numbers} | {number for _, number in fact.of}
        for fact in (first, second)
    ]
    return not question.numbers & (numbers[0] ^ numbers[1])


def _are_of_a_series(first: Statement, second: Statement) -> bool:
    """Return whether their titles tell two things of a kind apart: "Parking in Berlin" and "Parking
    in Hamburg"."""
    ours, theirs = (_roots(read(fact.passage.title)) - _KINDS_OF_PAGE for fact in (first, second))
    return not ours.isdisjoint(theirs) and bool(
        ours - theirs - second.roots and theirs - ours - first.roots
    )


def _has_numbered_thing(of: str, number: str, fact: Statement) -> bool:
    """Return whether ``fact`` is about the numbered thing in the other page's title or headings."""
    if any(
        number == other_number and (not of or not word or of == word)
        for word, other_number in fact.of
    ):
        return True
    return bool(of) and any(
        stated.labels and (stated.of, stated.number) == (of, number) for stated in fact.numbers
    )


def _values_differ(first: Statement, second: Statement) -> bool:
    pairs = list(_aligned(first, second))
    differing = [(ours, theirs) for ours, theirs in pairs if ours.number != theirs.number]
    if not differing or any(ours.unit != theirs.unit for ours, theirs in differing):
        return False
    if len(differing) == 1:
        return not any(stated.opens for stated in differing[0])
    return not any(stated.labels for pair in differing for stated in pair)


def _are_equal_quantities(first: str, second: str) -> bool:
    """Return whether they give the same quantities in the same order, in two spellings: 2:00 pm and
    14:00, 8.30 and 8:30, 1.000 and 1000."""
    first, second = _as_times(first, second), _as_times(second, first)
    ours, theirs = (
        [_as_plain_number(quantity) for quantity in quantities(text)] for text in (first, second)
    )
    return len(ours) == len(theirs) > 0 and all(
        is_held(here, [there]) and is_held(there, [here])
        for here, there in zip(ours, theirs, strict=True)
    )


def _as_times(text: str, other: str) -> str:
    """Write 8.30 as 8:30, if the ``other`` text has that."""
    return _DOTTED.sub(
        lambda match: time if (time := f"{match[1]}:{match[2]}") in other else match[0], text
    )


def _as_plain_number(quantity: Quantity) -> Quantity:
    """Treat a page's "two people" like any other number."""
    return replace(quantity, spelled=False, implied=False)


def _aligned(first: Statement, second: Statement) -> Iterator[tuple[StatedNumber, StatedNumber]]:
    """Yield the pairs of numbers in the same place of two sentences."""
    matcher = SequenceMatcher(None, first.line, second.line, autojunk=False)
    places = [_number_places(fact.line) for fact in (first, second)]
    for match in matcher.get_matching_blocks():
        for step in range(match.size):
            here, there = match.a + step, match.b + step
            if here in places[0] and there in places[1]:
                yield first.numbers[places[0][here]], second.numbers[places[1][there]]


def _number_places(line: Sequence[str]) -> dict[int, int]:
    number_places = [place for place, root in enumerate(line) if root == _NUMBER]
    return {place: count for count, place in enumerate(number_places)}


def _line(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(
        _NUMBER if word.role is TokenRole.NUMBER else word.base for word in words if word.weighs
    )


def _bounds(words: Sequence[Word]) -> str:
    """Return ">" if the numbers are lower bounds, "<" if they are upper bounds, else an empty
    string. A "not" turns the bounds round."""
    limit_names = limits(words)
    lower = bool(limit_names & _LOWER)
    upper = bool(limit_names & _UPPER) or any(word.text.casefold() == "within" for word in words)
    if lower == upper:
        return ""
    negated = any(word.role is TokenRole.NOT for word in words)
    return ">" if lower != negated else "<"


def _roots(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(
        word.base for word in words if word.weighs and word.role is not TokenRole.NUMBER
    )


def _names(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NAME)


def _names_of_title(words: Sequence[Word], names_in_text: frozenset[str]) -> Iterator[str]:
    """Yield the names of a title. If every word has a capital, capitals mean nothing: only
    ``names_in_text`` count."""
    weighty = [word for word in words if word.weighs and word.role is not TokenRole.NUMBER]
    all_capitals = len(weighty) > 1 and all(word.text[:1].isupper() for word in weighty)
    for word in weighty:
        is_in_text = word.text.casefold() in names_in_text
        if (is_in_text or (word.role is TokenRole.NAME and not all_capitals)) and (
            word.root not in _KINDS_OF_PAGE
        ):
            yield word.text.casefold()


def _all_words(fact: Statement) -> frozenset[str]:
    passage = fact.passage
    words = read("\n".join([passage.title, *passage.headings, plain(passage.text)]))
    return frozenset(word.text.casefold() for word in words)


def _row_key(quote: str) -> str:
    """Return the first cell of a table's row, which tells the subject of the row."""
    if not quote.lstrip().startswith("|"):
        return ""
    return " ".join(plain(quote).partition("·")[0].casefold().split())
