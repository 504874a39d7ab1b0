"""Facts of a sentence that a passage must hold, however the sentence is worded: addresses,
quotations, commands, numbers with their units, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from bot.answering.composing.agreement import roots
from bot.answering.composing.claims import Claim, Flaw, exact_tokens
from bot.answering.composing.ground import Ground, SupportSpan, bare
from bot.answering.composing.quantities import Quantity, quantities
from bot.answering.composing.units import CLOCK, MONTH, TIME
from bot.answering.composing.words import TokenRole, Word, read

_ENGLISH = 0.2
"""The share of function words (the, of, not) from which a sentence counts as English. In German
every noun looks like a name."""

_BEGINNING = 5
"""Letters that two forms of one name share: Spain, Spanish need not."""
_ABOUT = Fraction(1, 10)
_RECKONED = 20
"""Numbers of a span that are added up."""


def missing(
    claim: Claim, grounds: Sequence[Ground], asked: str = "", near: Sequence[SupportSpan] = ()
) -> Flaw | None:
    """Return the first kind of fact that neither ``grounds`` nor the question ``asked`` holds.

    Nobody is held to "two people" where the pages list them, nor to a number that ``asked`` has, or
    that is the sum or the difference of two in the ``near`` stretches.
    """
    if not all(any(ground.links(one) for ground in grounds) for one in claim.addresses):
        return Flaw.ADDRESS
    quoted = (one for one in claim.quotations if bare(one) not in bare(asked))
    if not all(any(ground.holds(one) for ground in grounds) for one in quoted) and not (
        grounds and is_english(read(claim.text)) != is_english(read(grounds[0].text))
    ):
        return Flaw.QUOTATION  # in another language it would be a translation
    if not all(any(ground.has_code(one) for ground in grounds) for one in claim.codes):
        return Flaw.QUOTATION
    known = exact_tokens(asked)
    if not all(one in known or any(g.spells(one) for g in grounds) for one in claim.exact):
        return Flaw.NAME
    held = [one for ground in grounds for one in ground.quantities]
    held += [*quantities(asked), *_reckoned(near)]
    if not all(is_held(one, held) for one in quantities(claim.text)):
        return Flaw.NUMBER
    return None


def _reckoned(near: Sequence[SupportSpan]) -> list[Quantity]:
    found = [one for stretch in near for one in quantities(stretch.text) if one.unit][:_RECKONED]
    return [
        replace(one, values=frozenset({max(one.values) + sign * max(other.values)}))
        for one, other in product(found, found)
        if one.unit == other.unit
        for sign in (1, -1)
    ]


def unknown_names(words: Sequence[Word], known: ShownNames) -> bool:
    """Return whether an English sentence has a name that no passage has."""
    return is_english(words) and any(
        not known.has(word)
        for name in _runs(words)
        if len(name) == 1 or not known.has_short(name)
        for word in name
    )


def is_english(words: Sequence[Word]) -> bool:
    """Return whether ``words`` have as many English function words as English text has."""
    idle = sum(word.role in (TokenRole.IDLE, TokenRole.NOT) for word in words)
    return idle >= _ENGLISH * sum(word.role is not TokenRole.COMMA for word in words)


class ShownNames:
    """The words of the ``texts`` that were shown, to look up names."""

    def __init__(self, texts: Sequence[str]) -> None:
        words = [word for text in texts for word in read(text)]
        self._texts = texts
        self._forms = roots(words)
        self._beginnings = {form[:_BEGINNING] for form in self._forms}
        names = (word.text.casefold() for word in words if word.role is TokenRole.NAME)
        self._names = [name for name in names if len(name) > 2]

    def has(self, word: Word) -> bool:
        """Return whether the name occurs there, in another form (Scrum, Scrums), shortened (Fri,
        Friday) or as an abbreviation (SMT)."""
        if not self._forms.isdisjoint(word.forms):
            return True
        name = word.text.casefold()
        if len(name) > _BEGINNING and name[:_BEGINNING] in self._beginnings:
            return True
        if len(name) > 2 and any(
            o.startswith(name) or name.startswith(o) for o in self._names if len(o) > 2
        ):
            return True
        return len(name) > 1 and word.text.isupper() and any(name in one for one in self._initials)

    def has_short(self, name: Sequence[Word]) -> bool:
        """Return whether the initials of ``name`` occur there."""
        return "".join(word.text[0] for word in name).casefold() in self._forms

    @cached_property
    def _initials(self) -> list[str]:
        return ["".join(w[0] for w in text.split()).casefold() for text in self._texts]


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Return names of one word or several: British Summer Time may be BST in the passage."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if word.role is TokenRole.NAME and word.text.isalpha():
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return runs


def is_held(one: Quantity, held: Sequence[Quantity]) -> bool:
    """Return whether nothing contradicts ``one``: the same size is in ``held``, or the same number
    and one of the two has no unit."""
    if one.is_loose:
        return True
    for other in held:
        if one.sizes & other.sizes or _about_as_long(one, other):
            return True
        if one.values & other.values and (one.unit is None or other.unit is None):
            return True
        if _is_at_once(one, other):
            return True
    return False


def _about_as_long(one: Quantity, other: Quantity) -> bool:
    """Return whether one is in months and the other in days: 30 days for a month is no error, and
    no proof either."""
    if not (one.unit and other.unit and {one.unit.kind, other.unit.kind} == TIME):
        return False
    ours, theirs = (
        [size * (MONTH if kind == "month" else 1) for kind, size in quantity.sizes]
        for quantity in (one, other)
    )
    return any(abs(a - b) <= _ABOUT * b for a, b in product(ours, theirs))


def is_borne_out(one: Quantity, held: Sequence[Quantity]) -> bool:
    """Return whether ``held`` has the same number of the same unit."""
    return any(one.sizes & other.sizes if one.unit else one.values & other.values for other in held)


def _is_at_once(one: Quantity, other: Quantity) -> bool:
    """Return whether both may be the same time of day."""
    if _is_clock(one) and other.unit is None:
        return bool(_hours(one) & other.values)
    if not _is_clock(other):
        return False
    later = {value + one.halves for value in one.values} if one.halves else frozenset()
    return bool(later & other.values or (one.unit is None and _hours(other) & one.values))


def _is_clock(one: Quantity) -> bool:
    return one.unit is not None and one.unit.kind == CLOCK


def _hours(one: Quantity) -> frozenset[object]:
    """Return the possible hours: a page may say "from 9 to 5", or "9.30"."""
    hours = [value // 60 + value % 60 / 100 for value in one.values]
    return frozenset(one for hour in hours for one in (hour, hour % 12))
