"""A question about a thing that the wiki does not have, although it has similar things.

"The address of host web-99", where the pages list web-12 to web-14; "annual leave in 2026", where
they have 2023 and 2024; "who leads the Berlin office", where they name Munich's. The search then
finds passages about the similar things, however close they are to the question.

The rule prefers misses to errors. A thing is missing if

1. no passage found names it, or a range that contains it;
2. each of the sentences nearest to the question is about another thing of its kind. A sentence
   about no such thing is a rule for all of them, and so is one that says all, any, more, up to or
   since.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.answering import texts
from bot.answering.words.quote_units import units
from bot.answering.words.roles import read
from bot.answering.words.stems import stems
from bot.answering.words.tables import Table, TextWithTables
from bot.answering.words.things import PARTS, NamedThings, Thing, in_columns, things
from indexers.model import Hit, Passage
from indexers.text.prose import plain

_NEAREST = 5
"""Passages whose sentences are compared; the thing itself is looked for in all passages found."""
_NEAR = 0.75
"""A sentence is near if it has at least this share of the question's words that the nearest one
has."""
_MOST_NAMED = 3
_MOST_ASKED = 8
"""Things in a question that are looked up. A pasted text names hundreds, and each takes time."""
_ABOVE = 300
"""Characters that are read of a title and of each heading, which may be as long as their page."""
_LONGEST = 30
"""Characters of a thing's name in a message."""
_EXAMPLE = re.compile(
    r"\be\.g|\b(?:for example|for instance|such as|like|example)\b", re.IGNORECASE
)
_RULE = re.compile(r"\s{0,9}\|?\s{0,9}:?-{2,}")
"""The line of dashes below a table's header."""
_OPEN = frozenset({"all", "more", "less", "least", "max", "before", "after", "most"})
"""Limits by which a sentence about one thing also holds for others."""
_PEOPLE = frozenset({"anyone", "everybody", "everyone"})
"""All people, not all things: "In 2024, everybody has 28 days" says nothing of other years."""
_REST = re.compile(r"\b(?:any|each|else|every|others?|rest|default)\b|\*", re.IGNORECASE)
_ONWARDS = (
    r"(?:\s?\+|\s(?:and|or)\s(?:up|above|higher|over|older|later|beyond|below|lower)\b"
    r"|\s(?:on|up)wards?\b)"
)
_FROM = r"\b(?:from|starting (?:in|with)|as of|ab)\s(?:the\s)?"
_NO_END = r"(?!\d|\s?(?:-|\u2013|(?:to|until|till|through|bis)\b))"


@dataclass(frozen=True, slots=True)
class MissingThing:
    """A missing thing: the ``thing`` in the question, the ``others`` of its kind on the pages if
    they are clearly different things, and the ``passages`` about these."""

    thing: str
    others: tuple[str, ...]
    passages: tuple[Passage, ...]

    @property
    def words(self) -> str:
        return texts.only_others(self.thing, self.others)


def missing_thing(question: str, hits: Sequence[Hit]) -> MissingThing | None:
    """Return the thing that ``question`` asks about and none of ``hits`` (best first) names. If it
    has no ``others``, the passages may still apply to it."""
    asked = list(islice(dict.fromkeys(things(question)), _MOST_ASKED))
    if not asked or not hits:
        return None
    pages = NamedThings([_whole(hit.passage) for hit in hits])
    missing = [thing for thing in asked if not pages.hold(thing)]
    others = (_others(question, thing, hits[:_NEAREST]) for thing in missing)
    first = next(filter(None, others), None)
    return first or (MissingThing(missing[0].shown[:_LONGEST], (), ()) if missing else None)


def _above(passage: Passage) -> list[str]:
    return [part[:_ABOVE] for part in (passage.title, *passage.headings)]


def _whole(passage: Passage) -> TextWithTables:
    above, text = "\n".join(_above(passage)), TextWithTables.of(passage.text)
    return replace(text, whole=f"{above}\n{text.whole}", outside=f"{above}\n{text.outside}")


def _others(question: str, thing: Thing, hits: Sequence[Hit]) -> MissingThing | None:
    """Return the things of the same kind that the nearest sentences are about; None if one of these
    sentences is about no such thing, or if ``thing`` may be a short form of one of them."""
    weighty = " ".join(word.text for word in read(question) if word.weighs)
    question_stems = stems(weighty) - stems(thing.which)
    sentences = [
        sentence for hit in hits for sentence in _sentences(question_stems, thing, hit.passage)
    ]
    near = _near(sentences, question_stems - thing.stems)
    lists_others = {
        sentence.passage.page for sentence in near if sentence.is_row and sentence.others
    }
    if any(sentence.is_rule(lists_others) for sentence in near):
        return None
    # If a code is all that is asked about, any sentence about another one is near.
    is_bare = not near and thing.kind.endswith("#")
    others = {
        other.which: (other.shown, sentence.passage)
        for sentence in reversed(sentences if is_bare else _near(sentences, question_stems))
        for other in reversed(sentence.others)
    }
    least = 1 if thing.kind.endswith("#") else 2
    if len(others) < least or any(_is_short_for(thing, shown) for shown, _ in others.values()):
        return None
    named = list(reversed(others.values()))[:_MOST_NAMED]
    passages = {passage.id: passage for _, passage in named}
    shown = tuple(words[:_LONGEST] for words, _ in named)
    return MissingThing(thing.shown[:_LONGEST], shown, tuple(passages.values()))


def _is_short_for(thing: Thing, name: str) -> bool:
    """Return whether a name in capitals may be short for another: NYC for New York, JS for
    JavaScript."""
    if not (thing.is_named and thing.shown.isupper()):
        return False
    short, long = thing.which.casefold(), name.casefold()
    words = long.split()
    if len(words) > 1:
        return short.startswith("".join(word[0] for word in words))
    letters = iter(long)
    return short[0] == long[0] and all(letter in letters for letter in short)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: its ``shared_words`` with the question, and the ``others`` that it is about. The
    words of title, headings and table header count only if the sentence has some of its own."""

    passage: Passage
    shared_words: frozenset[str]
    others: tuple[Thing, ...]
    holds_of_all: bool
    is_row: bool

    def is_rule(self, lists_others: Container[str]) -> bool:
        """Return whether it may hold of the thing that is asked about. A row about something else
        does not if its page (``lists_others``) has rows about other things of the kind."""
        return self.holds_of_all or not (
            self.others or (self.is_row and self.passage.page in lists_others)
        )


def _near(sentences: Sequence[_Sentence], question_stems: frozenset[str]) -> list[_Sentence]:
    best = max((len(sentence.shared_words & question_stems) for sentence in sentences), default=0)
    return [
        sentence
        for sentence in sentences
        if best and len(sentence.shared_words & question_stems) >= _NEAR * best
    ]


def _sentences(
    question_stems: frozenset[str], thing: Thing, passage: Passage
) -> Iterator[_Sentence]:
    above = " ".join(_above(passage))
    things_of_page = tuple(other for other in things(above) if other.kind == thing.kind)
    above_stems, header_stems, header = stems(above), frozenset[str](), ""
    for unit in units(passage.text):
        sentence = plain(passage.text[unit.start : unit.end])
        if _RULE.match(passage.text, unit.end):
            header_stems, header = unit.stems, sentence
            continue
        is_row = passage.text.startswith("|", unit.start)
        named = [*things(sentence), *(in_columns(Table.of(header, [sentence])) if is_row else ())]
        own_stems = unit.stems | header_stems if is_row else unit.stems
        yield _Sentence(
            passage,
            question_stems & (own_stems | above_stems)
            if question_stems & own_stems
            else frozenset(),
            tuple(other for other in named if other.kind == thing.kind) or things_of_page,
            _holds_of_all(sentence, thing) or (is_row and bool(_REST.search(sentence))),
            is_row,
        )


def _holds_of_all(sentence: str, thing: Thing) -> bool:
    if _EXAMPLE.search(sentence):
        return True
    limits = {word.limit for word in read(sentence) if word.text.casefold() not in _PEOPLE}
    if thing.is_named:
        return "all" in limits
    return _goes_on(sentence, thing) or not _OPEN.isdisjoint(limits)


def _goes_on(sentence: str, thing: Thing) -> bool:
    """Return whether the sentence also holds for the numbers after the one it names: grade 5+,
    level 3 and up, from year 2."""
    kind = PARTS.split(thing.kind.rstrip("# "))[-1]
    number = rf"\b{re.escape(kind)}\w{{0,3}}[\s#_-]{{0,2}}\d{{1,6}}"
    if thing.kind == "year":
        number = r"\b(?:19|20)\d\d"
    return bool(re.search(f"{number}{_ONWARDS}|{_FROM}{number}{_NO_END}", sentence, re.IGNORECASE))
