"""Sentences with a number, and whether two of them give it for the same thing.

A number is an amount, or identifies a thing: host 12, floor 2, the year 2024. Two statements can
only disagree if everything that identifies the thing is the same in both: the numbers and names of
title and headings, the numbers of the question, and the label at a sentence's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from bot.answering.composing.facts import is_held
from bot.answering.composing.quantities import Quantity, quantities
from bot.answering.composing.words import TokenRole, Word, limits, read
from bot.answering.examples import is_example
from bot.answering.numbers import UNITS, StatedNumber, read_numbers
from bot.answering.outline import outline
from indexers.model import Passage
from indexers.text.prose import plain

_FEWEST = 2
"""Words beside the numbers, for two sentences to be compared."""
_LONGEST = 80
"""Words; a longer sentence is a list or a table of its own."""
_ALIKE = 0.7
"""The share of common words of two sentences, without numbers."""
_NUMBERING = re.compile(r"(?<!\s)\s*+(?:\d{1,2}(?:\.\d{1,2}){1,8}[.)]?|\d{1,2}[.)])\s")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]")
_NUMBER = "#"
_LOWER = frozenset({"least", "more", "after"})
_UPPER = frozenset({"max", "less", "before"})
_DOTTED = re.compile(r"(?<![\d.,:])(\d{1,2})\.(\d\d)(?![\d.,:]\d|\d)")
_KINDS_OF_PAGE = frozenset({"faq", "sop", "wiki", "howto", "readme", "todo", "tldr"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with a number, and its passage. ``of`` are the numbers of title and headings, each
    with the word before it."""

    passage: Passage
    quote: str
    shown: str
    key: str
    given: tuple[StatedNumber, ...]
    line: tuple[str, ...]
    bounds: str
    names: frozenset[str]
    roots: frozenset[str]
    frame: frozenset[str]
    of: frozenset[tuple[str, str]]
    frame_names: frozenset[str]
    example: bool
    """Whether it is an example of a rule."""


@dataclass(frozen=True, slots=True)
class AskedWords:
    """The words of a question, and its numbers that identify a thing."""

    roots: frozenset[str]
    numbers: frozenset[str]


def asked(question: str) -> AskedWords:
    words = read(question)
    given = read_numbers(question)
    return AskedWords(
        _roots(words), frozenset(one.number for one in given if one.unit not in UNITS)
    )


def statements(passage: Passage) -> Iterator[Statement]:
    """Yield the sentences of ``passage`` that give a number."""
    headings = [_NUMBERING.sub("", heading, count=1) for heading in passage.headings]
    above = (passage.title, *headings)
    frames = [read(line) for line in above]
    frame = _roots([word for words in frames for word in words])
    of = frozenset((one.of, one.number) for line in above for one in read_numbers(line))
    named = _named(read(plain(passage.text)))
    frame_names = frozenset(name for words in frames for name in _names_of_title(words, named))
    parts = outline(passage.text)
    for unit in parts:
        quote = passage.text[unit.start : unit.end]
        shown = " ".join(plain(quote).split())
        text = _FOOTNOTE.sub(" ", shown)
        words, given = read(text), read_numbers(text)
        roots = _roots(words)
        if given and len(roots) >= _FEWEST and len(words) <= _LONGEST:
            yield Statement(
                passage, quote, shown, _key(quote), given, _line(words), _bounds(words),
                _named(words), roots, frame, of, frame_names,
                is_example(shown, [*passage.headings[-1:], *(parts[n].text for n in unit.leads)]),
            )  # fmt: skip


def disagree(one: Statement, other: Statement, question: AskedWords) -> bool:
    """Return whether two pages give the same thing two values."""
    if (one.passage.wiki, one.passage.page) == (other.passage.wiki, other.passage.page):
        return False
    if one.example or other.example or {*one.bounds, *other.bounds} == {*"<>"}:
        return False  # "at least 12" and "at most 64" are no two values
    if len(one.roots & other.roots) < _ALIKE * len(one.roots | other.roots):
        return False
    wanted = [question.roots & (fact.roots | fact.frame) for fact in (one, other)]
    if wanted[0] != wanted[1] or not wanted[0] & one.roots & other.roots:
        return False
    return (
        _about_the_same(one, other, question)
        and _values_differ(one, other)
        and not _are_alike(one.shown, other.shown)
    )


def _about_the_same(one: Statement, other: Statement, question: AskedWords) -> bool:
    if one.names != other.names or one.key != other.key:
        return False
    for here, there in ((one, other), (other, one)):
        if not all(_is_told(of, number, there) for of, number in here.of):
            return False
        if not here.frame_names <= _all_words(there):
            return False
    numbers = [
        {given.number for given in fact.given} | {number for _, number in fact.of}
        for fact in (one, other)
    ]
    return not question.numbers & (numbers[0] ^ numbers[1])


def _is_told(of: str, number: str, fact: Statement) -> bool:
    """Return whether ``fact`` is about the thing that the other page's title numbers."""
    if any(number == n and (not of or not word or of == word) for word, n in fact.of):
        return True
    return bool(of) and any(
        given.labels and (given.of, given.number) == (of, number) for given in fact.given
    )


def _values_differ(one: Statement, other: Statement) -> bool:
    pairs = list(_aligned(one, other))
    differing = [(a, b) for a, b in pairs if a.number != b.number]
    if not differing or any(a.unit != b.unit for a, b in differing):
        return False
    if len(differing) == 1:
        return not any(given.opens for given in differing[0])
    return not any(given.labels for pair in differing for given in pair)


def _are_alike(one: str, other: str) -> bool:
    """Return whether they give the same sizes, in the same order and in two spellings: 2:00 pm and
    14:00, 8.30 and 8:30, 1.000 and 1000."""
    one, other = _as_times(one, other), _as_times(other, one)
    ours, theirs = ([_counted(found) for found in quantities(text)] for text in (one, other))
    return len(ours) == len(theirs) > 0 and all(
        is_held(here, [there]) and is_held(there, [here])
        for here, there in zip(ours, theirs, strict=True)
    )


def _as_times(text: str, other: str) -> str:
    """Write 8.30 as 8:30, if the ``other`` text has that."""
    return _DOTTED.sub(
        lambda found: time if (time := f"{found[1]}:{found[2]}") in other else found[0], text
    )


def _counted(one: Quantity) -> Quantity:
    """A page's "two people" is a number as any other."""
    return replace(one, spelled=False, implied=False)


def _aligned(one: Statement, other: Statement) -> Iterator[tuple[StatedNumber, StatedNumber]]:
    """Yield the numbers in the same place of two sentences."""
    matcher = SequenceMatcher(None, one.line, other.line, autojunk=False)
    places = [_number_places(fact.line) for fact in (one, other)]
    for match in matcher.get_matching_blocks():
        for step in range(match.size):
            here, there = match.a + step, match.b + step
            if here in places[0] and there in places[1]:
                yield one.given[places[0][here]], other.given[places[1][there]]


def _number_places(line: Sequence[str]) -> dict[int, int]:
    found = [place for place, root in enumerate(line) if root == _NUMBER]
    return {place: count for count, place in enumerate(found)}


def _line(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(
        _NUMBER if word.role is TokenRole.NUMBER else word.base for word in words if word.weighs
    )


def _bounds(words: Sequence[Word]) -> str:
    """Return ">" if its numbers are lower bounds, "<" if they are upper ones, else nothing; with a
    "not" it is the other way round."""
    told = limits(words)
    lower = bool(told & _LOWER)
    upper = bool(told & _UPPER) or any(word.text.casefold() == "within" for word in words)
    if lower == upper:
        return ""
    denied = any(word.role is TokenRole.NOT for word in words)
    return ">" if lower != denied else "<"


def _roots(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(
        word.base for word in words if word.weighs and word.role is not TokenRole.NUMBER
    )


def _named(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.root for word in words if word.role is TokenRole.NAME)


def _names_of_title(words: Sequence[Word], named: frozenset[str]) -> Iterator[str]:
    """Yield the names of a title. If every word has a capital, capitals mean nothing: only what the
    text ``named`` counts."""
    weighty = [word for word in words if word.weighs and word.role is not TokenRole.NUMBER]
    all_capitals = len(weighty) > 1 and all(word.text[:1].isupper() for word in weighty)
    for word in weighty:
        known = word.text.casefold() in named
        if (known or (word.role is TokenRole.NAME and not all_capitals)) and (
            word.root not in _KINDS_OF_PAGE
        ):
            yield word.text.casefold()


def _all_words(fact: Statement) -> frozenset[str]:
    passage = fact.passage
    words = read("\n".join([passage.title, *passage.headings, plain(passage.text)]))
    return frozenset(word.text.casefold() for word in words)


def _key(quote: str) -> str:
    """Return the first cell of a table's row: what the row is about."""
    if not quote.lstrip().startswith("|"):
        return ""
    return " ".join(plain(quote).partition("·")[0].casefold().split())
