"""The words of a text by their role in a claim."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

import py_rust_stemmers

from bot.answering.words.lexicon import (
    ACRONYMS,
    BOUNDS,
    BREAKS,
    IDLE,
    LETTERS,
    LIMITS,
    NOT,
    NUMBERS,
    THAN_BOUNDS,
)
from bot.answering.words.units import PER_CENT


class TokenRole(Enum):
    WORD = auto()
    NAME = auto()
    NUMBER = auto()
    NOT = auto()
    IDLE = auto()
    """Has no meaning of its own: the, of, was."""
    COMMA = auto()
    """Ends a clause."""
    BREAK = auto()
    """Ends a clause and the reach of a "not" before it: but, a full stop."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word. ``root`` is the stem that the word's forms share; of a number, its plainest form; of
    a name, all of it. ``stem`` is the root that a name has as a word. ``limit`` is the kind of
    limit that the word sets, if any: must, only, before."""

    text: str
    root: str
    role: TokenRole
    limit: str = ""
    stem: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """Return its forms. A sentence's first word may be a name, and a name a word in
        capitals."""
        return self.root, self.base, self.text.casefold()

    @property
    def base(self) -> str:
        """Return the stem that its forms share, also for a name."""
        return self.stem or self.root

    @property
    def weighs(self) -> bool:
        return self.role in (TokenRole.WORD, TokenRole.NAME, TokenRole.NUMBER)


_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*|[\u4e0d\u6ca1\u672a\u65e0\u6c92\u7121]"
    r"|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[%$\u20ac\u00a3\u00a5]|(?<![.!?])[.!?]++(?=\s|$)|[,;:()|\n\u2013\u2014\u3002\uff0c]"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TWO_WORDS = re.compile(rf"\b({_TENS})-({_ONES})\b", re.IGNORECASE)
_BOUNDS = re.compile(
    rf"\b(?:{'|'.join(BOUNDS)}|not? (?:{'|'.join(THAN_BOUNDS)}) than)\b", re.IGNORECASE
)
_ANY_MORE = re.compile(r"\bany (?:more|longer)\b(?! than)", re.IGNORECASE)
_OR_MORE = re.compile(
    rf"\b(\d[\d.,]{{0,12}}|{'|'.join(NUMBERS)})((?:\s\w{{1,20}})?) or (more|longer|less|fewer)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?:st|nd|rd|th)?),"
    r"(?= \d{4}\b)",
    re.IGNORECASE,
)
"""A comma within a date: it ends no clause."""
_RAISED = re.compile("(?<=\\d)[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]")
_LABELLING = frozenset(":\u2013\u2014")
"""Marks between a label and what is said of it."""
_TOO = frozenset({"either", "likewise", "neither", "too", "well"})
_COMMAS = ",;:()|\n\u2013\u2014\uff0c"
_STOPS = ".!?\u3002"
_SIGNS = "%$\u20ac\u00a3\u00a5"


def read(text: str) -> tuple[Word, ...]:
    """Return the words in order. A capital letter makes a name of a word, except at the start of a
    sentence."""
    return tuple(_words(text))


def _spelled(text: str) -> str:
    """Write twenty-five as 25, "per cent" as %, "at most" and "5 or less" with maximum, a raised
    6 after a 10 as ^6: it would become 106."""
    text = PER_CENT.sub("%", _DATE.sub(r"\1", text))
    text = _OR_MORE.sub(_bounded, text)
    text = _ANY_MORE.sub("anymore", _BOUNDS.sub(_bound, text))
    text = _TWO_WORDS.sub(
        lambda m: str(int(NUMBERS[m[1].lower()]) + int(NUMBERS[m[2].lower()])), text
    )
    return unicodedata.normalize("NFKC", _RAISED.sub(r"^\g<0>", text))


def _bound(match: re.Match[str]) -> str:
    words = match[0].casefold()
    return BOUNDS.get(words) or THAN_BOUNDS[words.split()[1]]


def _bounded(match: re.Match[str]) -> str:
    bound = "minimum" if match[3].casefold() in ("more", "longer") else "maximum"
    return f"{bound} {match[1]}{match[2]}"


def _words(text: str) -> Iterator[Word]:
    opening = True
    for match in _TOKEN.finditer(_spelled(text)):
        token = match[0]
        yield from _word(token, opening=opening)
        opening = token[0] in ".!?\n|:\u3002"


def _word(token: str, *, opening: bool) -> Iterator[Word]:
    folded = token.casefold().replace("\u2019", "'")
    bare = folded.removesuffix("'s")
    if token[0].isdecimal():
        yield from (Word(token, number, TokenRole.NUMBER) for number in _plain_numbers(token))
    elif token in LETTERS and not opening:
        yield Word(token, folded, TokenRole.NAME, stem=folded)
    elif word := _lexicon_word(token, folded):
        yield word
    elif _unspaced(bare):
        yield from (
            Word(token, bare[at : at + 2], TokenRole.WORD) for at in range(max(1, len(bare) - 1))
        )
    else:
        named = any(map(str.isupper, token[1:])) or (token[0].isupper() and not opening)
        root = bare if named else _root(bare)
        yield Word(token, root, TokenRole.NAME if named else TokenRole.WORD, stem=_root(bare))


def _lexicon_word(token: str, folded: str) -> Word | None:
    """Return a mark, or a word of the lexicon."""
    if token[0] in _COMMAS:
        return Word(token, "", TokenRole.COMMA)
    if token[0] in _STOPS or folded in BREAKS:
        return Word(token, folded, TokenRole.BREAK)
    if folded in NUMBERS:
        return Word(token, str(NUMBERS[folded]), TokenRole.NUMBER)
    if token in _SIGNS or folded == "percent":
        return Word(token, "%" if folded == "percent" else token, TokenRole.NAME)
    if folded in NOT or folded.endswith("n't"):
        return Word(token, folded, TokenRole.NOT)
    idle = folded in IDLE or folded in LIMITS or folded.partition("'")[0] in IDLE
    idle = idle and token not in ACRONYMS
    return Word(token, folded, TokenRole.IDLE, LIMITS.get(folded, "")) if idle else None


def _unspaced(word: str) -> bool:
    return any(unicodedata.category(character) == "Lo" for character in word)


def _plain_numbers(token: str) -> list[str]:
    """Return ``1,000`` as 1000, ``09:30`` as 9 and 30, ``3.00`` as 3. Version 1.20 is not 1.2."""
    joined = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", token)
    return [_plain_number(part) for part in re.split(r"[,:]", joined)]


def _plain_number(part: str) -> str:
    whole, point, decimals = part.partition(".")
    if "." in decimals:
        return part
    decimals = decimals if decimals.strip("0") else ""
    return f"{whole.lstrip('0') or '0'}{point * bool(decimals)}{decimals}"


@cache
def _stemmer() -> py_rust_stemmers.SnowballStemmer:
    return py_rust_stemmers.SnowballStemmer("english")


def _root(word: str) -> str:
    stem: str = _stemmer().stem_word(word)
    return stem


def bases(words: Iterable[Word]) -> frozenset[str]:
    """Return the bases of the content words."""
    return frozenset(word.base for word in words if word.weighs)


def roots(text: str) -> frozenset[str]:
    """Return the bases of its content words."""
    return bases(read(text))
