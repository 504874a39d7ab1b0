"""The numbers of a sentence: amounts, and numbers that identify a thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.words.english import word_set
from bot.answering.words.roles import TokenRole, Word, read

_SUBJECT = 3
"""Content words at the beginning of a sentence that count as its subject."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_GLUED = re.compile(r"[^\W\d_][-_#]?(\d+)|#(\d+)|(?<!\d)(\d++)(?:st|nd|rd|th)\b", re.IGNORECASE)
"""A12, OPS-7, #7, 2nd: such numbers identify a thing."""
_COLONS = (":", "\u2013", "\u2014", "|")


_PREPOSITIONS = word_set("in on at to from by with as into about within during per and or than for")
MONTHS = word_set("""
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
""")
UNITS = word_set("""
second sec minut min hour day week month quarter year night euro eur dollar usd pound gbp cent
franc chf percent point byte bit kb mb gb tb kib mib gib tib ms km m cm mm kg g l meter metr mile
degre watt volt peopl person employe time piec copi request
""")
"""Stems of units and of counted things: a number before one is an amount."""


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """A number in a sentence. ``of`` is the word right before it, if there is one; ``unit`` is the
    word or sign that it counts. ``labels``: it may identify a thing; ``opens``: it also is in the
    subject of the sentence."""

    number: str
    of: str
    unit: str
    labels: bool
    opens: bool


def read_numbers(text: str) -> tuple[StatedNumber, ...]:
    """Return the numbers of a sentence, or of a title, in order."""
    words = read(text)
    glued = frozenset(group for groups in _GLUED.findall(text) for group in groups if group)
    numbers = []
    weighty = 0
    following = _following(words)
    for place, word in enumerate(words):
        if word.role is TokenRole.NUMBER:
            goes_on = _goes_on(words[0], following[place])
            numbers.append(_read_number(words, place, weighty, glued, goes_on=goes_on))
        elif word.weighs:
            weighty += 1
    return tuple(numbers)


def _following(words: Sequence[Word]) -> list[Word | None]:
    """Return for each word the next word that is not part of a date."""
    following: list[Word | None] = []
    after: Word | None = None
    for word in reversed(words):
        following.append(after)
        if not _is_of_a_date(word):
            after = word
    return following[::-1]


def _read_number(
    words: Sequence[Word], place: int, weighty: int, glued: frozenset[str], *, goes_on: bool
) -> StatedNumber:
    """Read the number at ``place``; ``weighty`` words come before it."""
    word = words[place]
    before = words[place - 1] if place else None
    after = words[place + 1] if place + 1 < len(words) else None
    sign = next(
        (neighbour.root for neighbour in (before, after) if neighbour and _is_sign(neighbour)), ""
    )
    measured = bool(sign) or bool(after and after.base in UNITS)
    of = before.base if before and _may_name(before) and not sign else ""
    dated = bool(_YEAR.fullmatch(word.root)) or bool(after and _is_month(after))
    listed = after is not None and _lists(after, weighty)
    labels = word.text in glued or (not measured and (bool(of) or dated or listed))
    counted = after.base if after and _counts(after) and not labels else ""
    return StatedNumber(
        # Room 4.20 is not room 4.2.
        word.text if "." in word.text and not measured else word.root,
        of,
        sign or (after.base if after and measured else counted),
        labels=labels,
        opens=labels and weighty <= _SUBJECT and (listed or goes_on),
    )


def _lists(after: Word, weighty: int) -> bool:
    """Return whether the word ``after`` a number makes it an entry's: "17, Ada", "Locker 17:
    Ada"."""
    if after.text in _COLONS:
        return True
    return after.role is TokenRole.COMMA and weighty <= (1 if after.text == "(" else 0)


def _goes_on(first: Word, after: Word | None) -> bool:
    """Return whether the sentence is about the number: "Floor 2 has", "On floor 2, ...", but not
    "Use port 80 for", "Ada sits on floor 2". ``after`` is the word after the number and its
    date."""
    if first.root in _PREPOSITIONS:
        return True
    leads_on = (
        after is not None and after.role is TokenRole.IDLE and after.root not in _PREPOSITIONS
    )
    return leads_on or (after is not None and after.weighs)


def _is_month(word: Word) -> bool:
    return word.role is TokenRole.NAME and word.text.casefold() in MONTHS


def _is_of_a_date(word: Word) -> bool:
    return _is_month(word) or bool(word.role is TokenRole.NUMBER and _YEAR.fullmatch(word.root))


def _is_sign(word: Word) -> bool:
    return word.role is TokenRole.NAME and not word.root[:1].isalnum()


def _counts(word: Word) -> bool:
    return word.role in (TokenRole.WORD, TokenRole.NAME)


def _may_name(word: Word) -> bool:
    """Return whether the word may be a thing that the number identifies. A word that ends in s is a
    verb or a plural, and no single thing."""
    text = word.text.casefold()
    plural = (
        word.role is not TokenRole.NAME
        and text.endswith("s")
        and not text.endswith(("ss", "us", "is"))
    )
    return word.role in (TokenRole.WORD, TokenRole.NAME) and not plural
