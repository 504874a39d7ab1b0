"""A question about a thing that the wiki does not have, where it has similar ones.

"The address of host web-99", where the pages have those of web-12 to web-14; "annual leave in
2026", where they have 2023 and 2024; "who leads the Berlin office", where they name Munich's. The
passages found are then about the neighbours, however near they are to the question.

A rule that prefers misses to errors. A thing is missing if

1. no passage that was found names it, nor a range that it lies in;
2. each sentence that is nearest to the question is about another thing of its kind. A sentence
   about none of them is a rule for all, and so is one that says all, any, more, up to or since.
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
"""Passages whose sentences are compared; all passages found are searched for the thing itself."""
_NEAR = 0.75
"""Another sentence is near if it has this share of the question's words that the nearest has."""
_MOST_NAMED = 3
_MOST_ASKED = 8
"""Things of a question that are looked up. A pasted text names hundreds, and each costs time."""
_ABOVE = 300
"""Characters of a title and of a heading, which may be as long as their page."""
_TYPO = 0.7
"""Least similarity (`difflib`) of a name and its misspelling."""
_LONGEST = 30
"""Characters of a thing that is named to a reader."""

_GLUED = re.compile(
    r"(?<![\w.-])([^\W\d_]{1,20}(?:[-_.][^\W\d_]{1,20}){0,3})[-_#]?(\d{1,6})(?![\w%]|[.,:]\d|-\d)"
)
"""web-99, OPS-7, A12."""
_NUMBERED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,20})[\s#_-]{0,2}(\d{1,6})(?!\w)")
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
"""The rule below the head of a table."""
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
    """A thing of a ``kind``: a number with what it numbers, or a name with the word beside it.
    ``shown`` is its original spelling."""

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
    """A missing thing: the ``thing`` in the question, the ``others`` of its kind on the pages, if
    they are clearly others, and the ``passages`` about them."""

    thing: str
    others: tuple[str, ...]
    passages: tuple[Passage, ...]

    @property
    def words(self) -> str:
        return texts.only_others(self.thing, self.others)


def unnamed(question: str, hits: Sequence[Hit]) -> MissingThing | None:
    """Return the thing that ``question`` asks for and none of ``hits`` (best first) names. Without
    ``others`` the passages may hold for it all the same."""
    wanted = list(islice(dict.fromkeys(_things(question)), _MOST_ASKED))
    if not wanted or not hits:
        return None
    pages = _Pages([_whole(hit.passage) for hit in hits])
    left = [thing for thing in wanted if not pages.hold(thing)]
    others = (_others(question, thing, hits[:_NEAREST]) for thing in left)
    first = next(filter(None, others), None)
    return first or (MissingThing(left[0].shown[:_LONGEST], (), ()) if left else None)


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
    glued = set()
    for found in _GLUED.finditer(text):
        kind = found[1].casefold()
        glued.add(found[2])
        if kind not in UNITS and kind not in MONTHS:
            yield Thing(f"{kind}#", _bare(found[2]), found[0])
    for found in _YEAR.finditer(text):
        yield Thing("year", found[0], found[0])
    written = {_bare(found[2]): found[0] for found in _NUMBERED.finditer(text)}
    for one in read_numbers(text):
        is_year = bool(_YEAR.fullmatch(one.number))
        # "Whether I have to write one" numbers nothing.
        meant = one.number != "1" or "1" in written
        if one.labels and one.of and meant and not is_year and one.number not in glued:
            as_read = f"{one.of} {one.number}"
            shown = " ".join(written.get(one.number, as_read).split())
            same = shown.casefold().startswith(one.of)
            yield Thing(f"{one.of} ", one.number, shown if same else as_read)


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"


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
    """The ``texts`` found, each parsed once for all lookups."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @cached_property
    def _words(self) -> frozenset[Word]:
        return frozenset(word for text in self._texts for word in read(text))

    @cached_property
    def _numbers(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.kind, one.which) for text in self._texts for one in _numbered(text))

    def hold(self, thing: Thing) -> bool:
        """Return whether one of them names ``thing``, or a range that contains it."""
        if thing.is_named:
            return any(_same_name(word, thing.which) for word in self._words)
        if (thing.kind, thing.which) in self._numbers:
            return True
        return any(_holds(text, thing) for text in self._texts)


def _holds(text: str, thing: Thing) -> bool:
    if thing.kind == "year":
        return thing.which in text or _in_range(text, "", thing.which)
    # Of a host named db-web-9, the word before the number.
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
    """Return the things of its kind that the nearest sentences are about; None if one of these is
    about none of them, or the thing may be a short form of one."""
    weighty = " ".join(word.text for word in read(question) if word.weighs)
    wanted = stems(weighty) - stems(thing.which)
    sentences = [one for hit in hits for one in _sentences(wanted, thing, hit.passage)]
    if any(not one.others or one.holds_of_all for one in _near(sentences, wanted - thing.stems)):
        return None
    found = {
        other.which: (other.shown, one.passage)
        for one in reversed(_near(sentences, wanted))
        for other in reversed(one.others)
    }
    least = 1 if thing.kind.endswith("#") else 2
    if len(found) < least or any(_is_short_for(thing, shown) for shown, _ in found.values()):
        return None
    some = list(reversed(found.values()))[:_MOST_NAMED]
    passages = {passage.id: passage for _, passage in some}
    shown = tuple(words[:_LONGEST] for words, _ in some)
    return MissingThing(thing.shown[:_LONGEST], shown, tuple(passages.values()))


def _is_short_for(thing: Thing, name: str) -> bool:
    """Return whether a name in capitals may stand for another: NYC for New York, JS for
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
class _Told:
    """A sentence: which of the wanted words it has (including those of title, headings and a
    table's head, unless it has none of its own), and the ``others`` that it is about."""

    passage: Passage
    has: frozenset[str]
    others: tuple[Thing, ...]
    holds_of_all: bool


def _near(sentences: Sequence[_Told], wanted: frozenset[str]) -> list[_Told]:
    best = max((len(one.has & wanted) for one in sentences), default=0)
    return [one for one in sentences if best and len(one.has & wanted) >= _NEAR * best]


def _sentences(wanted: frozenset[str], thing: Thing, passage: Passage) -> Iterator[_Told]:
    above = " ".join(_above(passage))
    of_page = tuple(one for one in _things(above) if one.kind == thing.kind)
    frame, head = stems(above), frozenset[str]()
    for unit in units(passage.text):
        if _RULE.match(passage.text, unit.end):
            head = unit.stems
            continue
        sentence = plain(passage.text[unit.start : unit.end])
        own = unit.stems | head if passage.text.startswith("|", unit.start) else unit.stems
        yield _Told(
            passage,
            wanted & (own | frame) if wanted & own else frozenset(),
            tuple(one for one in _things(sentence) if one.kind == thing.kind) or of_page,
            _holds_of_all(sentence, thing),
        )


def _holds_of_all(sentence: str, thing: Thing) -> bool:
    if _EXAMPLE.search(sentence):
        return True
    if thing.is_named:
        return any(word.limit == "all" for word in read(sentence))
    return _goes_on(sentence, thing) or any(word.limit in _OPEN for word in read(sentence))


def _goes_on(sentence: str, thing: Thing) -> bool:
    """Return whether what is said of one holds for those after it: grade 5+, level 3 and up, from
    year 2."""
    kind = _PARTS.split(thing.kind.rstrip("# "))[-1]
    number = rf"\b{re.escape(kind)}\w{{0,3}}[\s#_-]{{0,2}}\d{{1,6}}"
    if thing.kind == "year":
        number = r"\b(?:19|20)\d\d"
    return bool(re.search(f"{number}{_ONWARDS}|{_FROM}{number}{_NO_END}", sentence, re.IGNORECASE))
