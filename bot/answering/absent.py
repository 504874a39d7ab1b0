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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice

from bot.answering import texts
from bot.answering.composing.words import TokenRole, Word, read
from bot.answering.numbers import MONTHS, UNITS, read_numbers
from bot.answering.quoting import units
from bot.answering.stems import stems
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
_TYPO = 0.7
"""Least similarity (`difflib`) of a name and its misspelling."""
_LONGEST = 30
"""Characters of a thing's name in a message."""

_GLUED = re.compile(
    r"(?<![\w.-])([^\W\d_]{1,20}(?:[-_.][^\W\d_]{1,20}){0,3})[-_#]?"
    r"(\d{1,6}[^\W\d_]{0,10})(?![\w%]|[.,:]\d|-\d)"
)
"""web-99, OPS-7, A12, A320neo."""
_NUMBERED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,20})[\s#_-]{0,2}(\d{1,6}[^\W\d_]{0,10})(?!\w)")
_PARTS = re.compile(r"[-_.]")
_YEAR = re.compile(r"(?<![\w.,:/$\u20ac\u00a3#-])(?:19|20)\d\d(?![\w%]|[.,:]\d)")
_RANGE = re.compile(
    r"(?<![\w.])([^\W\d_]{0,20})[-_#]?(\d{1,6})\s{0,2}(?:-|\u2013|\u2014|to|through|until|till|and|bis)"
    r"\s{0,2}([^\W\d_]{0,20})[-_#]?(\d{1,6})(?![\w%])"
)
_EXAMPLE = re.compile(
    r"\be\.g|\b(?:for example|for instance|such as|like|example)\b", re.IGNORECASE
)
_RULE = re.compile(r"\s{0,9}\|?\s{0,9}:?-{2,}")
"""The line of dashes below a table's header."""
_OPEN = frozenset({"all", "more", "less", "least", "max", "before", "after", "most"})
"""Limits by which a sentence about one thing also holds for others."""
_ONWARDS = (
    r"(?:\s?\+|\s(?:and|or)\s(?:up|above|higher|over|older|later|beyond|below|lower)\b"
    r"|\s(?:on|up)wards?\b)"
)
_FROM = r"\b(?:from|starting (?:in|with)|as of|ab)\s(?:the\s)?"
_NO_END = r"(?!\d|\s?(?:-|\u2013|(?:to|until|till|through|bis)\b))"
_ORDINAL = re.compile(
    r"\b(?:(\d{1,3})(?:st|nd|rd|th)|([a-z]{5,8}))\s([^\W\d_]{1,20})", re.IGNORECASE
)
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(),  # noqa: SIM905 - read as words
        1,
    )
}
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun".split()  # noqa: SIM905 - read as words
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of a ``kind``: a number and the word for what it numbers, or a name and the word
    beside it. ``shown`` is its original spelling."""

    kind: str
    which: str
    shown: str

    @property
    def stems(self) -> frozenset[str]:
        return stems(self.kind)

    @property
    def is_named(self) -> bool:
        return self.kind.startswith("_") or self.kind.endswith("_")


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
    things = list(islice(dict.fromkeys(_things(question)), _MOST_ASKED))
    if not things or not hits:
        return None
    pages = _Pages([_whole(hit.passage) for hit in hits])
    missing = [thing for thing in things if not pages.hold(thing)]
    others = (_others(question, thing, hits[:_NEAREST]) for thing in missing)
    first = next(filter(None, others), None)
    return first or (MissingThing(missing[0].shown[:_LONGEST], (), ()) if missing else None)


def _above(passage: Passage) -> list[str]:
    return [part[:_ABOVE] for part in (passage.title, *passage.headings)]


def _whole(passage: Passage) -> str:
    return "\n".join([*_above(passage), plain(passage.text)])


def _things(text: str) -> Iterator[Thing]:
    """Yield the things that ``text`` names."""
    yield from _numbered(text)
    words = read(text)
    for place, word in enumerate(words):
        if _is_name(word):
            for kind in _slots(words, place):
                yield Thing(kind, word.root, _run(words, place))


def _run(words: Sequence[Word], place: int) -> str:
    """Return the name that ends with the word at ``place``: New York."""
    first = place
    while first and _is_name(words[first - 1]):
        first -= 1
    return " ".join(word.text for word in words[first : place + 1])


def _numbered(text: str) -> Iterator[Thing]:
    for match in _GLUED.finditer(text):
        kind = match[1].casefold()
        if kind not in UNITS and kind not in MONTHS:
            yield Thing(f"{kind}#", _bare(match[2]), match[0])
    for match in _YEAR.finditer(text):
        yield Thing("year", match[0], match[0])
    written = {_bare(match[2]): match[0] for match in _NUMBERED.finditer(text)}
    for stated in read_numbers(_GLUED.sub(r"\1", text)):
        is_year = bool(_YEAR.fullmatch(stated.number))
        # In "whether I have to write one", the number counts nothing.
        is_count = stated.number != "1" or "1" in written
        if stated.labels and stated.of and is_count and not is_year:
            as_read = f"{stated.of} {stated.number}"
            shown = " ".join(written.get(stated.number, as_read).split())
            same = shown.casefold().startswith(stated.of)
            yield Thing(f"{stated.of} ", stated.number, shown if same else as_read)


def _bare(number: str) -> str:
    return number.casefold().lstrip("0") or "0"


def _is_name(word: Word) -> bool:
    return (
        word.role is TokenRole.NAME
        and len(word.root) > 1
        and word.root[0].isalnum()
        and word.text.casefold() not in _DAYS | MONTHS
    )


def _slots(words: Sequence[Word], place: int) -> Iterator[str]:
    """Yield the word after a name ("the Berlin office") and the one before it ("the office in
    Berlin"): another name beside the same word is a thing of the same kind."""
    after = words[place + 1] if place + 1 < len(words) else None
    if after and after.role is TokenRole.WORD:
        yield f"_{after.root}"
    before = place - 1
    if (
        before >= 1
        and words[before].role is TokenRole.IDLE
        and words[before - 1].role is TokenRole.WORD
    ):
        yield f"{words[before - 1].root} {words[before].root}_"


class _Pages:
    """The ``texts`` of the passages found, each parsed once for all lookups."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @cached_property
    def _words(self) -> frozenset[Word]:
        return frozenset(word for text in self._texts for word in read(text))

    @cached_property
    def _numbers(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (thing.kind, thing.which) for text in self._texts for thing in _numbered(text)
        )

    def hold(self, thing: Thing) -> bool:
        """Return whether one of the texts names ``thing``, or a range that contains it."""
        if thing.is_named:
            return any(_same_name(word, thing.which) for word in self._words)
        if (thing.kind, thing.which) in self._numbers:
            return True
        return any(_holds(text, thing) for text in self._texts)


def _holds(text: str, thing: Thing) -> bool:
    if thing.kind == "year":
        return thing.which in text or _in_range(text, "", thing.which)
    # For a host named db-web-9: the word right before the number.
    kind = _PARTS.split(thing.kind.rstrip("# "))[-1]
    beside = any(
        word.casefold().startswith(kind) and _bare(number) == thing.which
        for word, number in _NUMBERED.findall(text)
    )
    counted = any(
        (number or _ORDINALS.get(spelled.casefold())) == thing.which
        and word.casefold().startswith(kind)
        for number, spelled, word in _ORDINAL.findall(text)
    )
    return beside or counted or _in_range(text, kind, thing.which)


def _in_range(text: str, kind: str, number: str) -> bool:
    if not number.isdecimal():
        return False
    for before, low, _, high in _RANGE.findall(text):
        named = before.casefold()
        if (not kind or not named or named.startswith(kind[:3])) and int(low) <= int(number) <= int(
            high
        ):
            return True
    return False


def _same_name(word: Word, name: str) -> bool:
    """Return whether the word is the name, in another form or misspelt."""
    if not word.weighs or word.role is TokenRole.NUMBER:
        return False
    text = word.text.casefold()
    if name in word.forms or text == name:
        return True
    if text[:2] != name[:2] and text[-2:] != name[-2:]:
        return False
    return SequenceMatcher(None, text, name, autojunk=False).ratio() >= _TYPO


def _others(question: str, thing: Thing, hits: Sequence[Hit]) -> MissingThing | None:
    """Return the things of the same kind that the nearest sentences are about; None if one of these
    sentences is about no such thing, or if ``thing`` may be a short form of one of them."""
    weighty = " ".join(word.text for word in read(question) if word.weighs)
    question_stems = stems(weighty) - stems(thing.which)
    sentences = [
        sentence for hit in hits for sentence in _sentences(question_stems, thing, hit.passage)
    ]
    if any(
        not sentence.others or sentence.holds_of_all
        for sentence in _near(sentences, question_stems - thing.stems)
    ):
        return None
    others = {
        other.which: (other.shown, sentence.passage)
        for sentence in reversed(_near(sentences, question_stems))
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
    things_of_page = tuple(other for other in _things(above) if other.kind == thing.kind)
    above_stems, header_stems = stems(above), frozenset[str]()
    for unit in units(passage.text):
        if _RULE.match(passage.text, unit.end):
            header_stems = unit.stems
            continue
        sentence = plain(passage.text[unit.start : unit.end])
        own_stems = (
            unit.stems | header_stems if passage.text.startswith("|", unit.start) else unit.stems
        )
        yield _Sentence(
            passage,
            question_stems & (own_stems | above_stems)
            if question_stems & own_stems
            else frozenset(),
            tuple(other for other in _things(sentence) if other.kind == thing.kind)
            or things_of_page,
            _holds_of_all(sentence, thing),
        )


def _holds_of_all(sentence: str, thing: Thing) -> bool:
    if _EXAMPLE.search(sentence):
        return True
    if thing.is_named:
        return any(word.limit == "all" for word in read(sentence))
    return _goes_on(sentence, thing) or any(word.limit in _OPEN for word in read(sentence))


def _goes_on(sentence: str, thing: Thing) -> bool:
    """Return whether the sentence also holds for the numbers after the one it names: grade 5+,
    level 3 and up, from year 2."""
    kind = _PARTS.split(thing.kind.rstrip("# "))[-1]
    number = rf"\b{re.escape(kind)}\w{{0,3}}[\s#_-]{{0,2}}\d{{1,6}}"
    if thing.kind == "year":
        number = r"\b(?:19|20)\d\d"
    return bool(re.search(f"{number}{_ONWARDS}|{_FROM}{number}{_NO_END}", sentence, re.IGNORECASE))
