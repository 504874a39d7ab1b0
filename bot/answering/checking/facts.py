"""Facts of a sentence that a passage must have, however the sentence is worded: addresses,
quotations, commands, numbers with their units, names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product

from bot.answering.checking.agreement import roots
from bot.answering.checking.calculating import calculated, without_example_dates
from bot.answering.checking.claims import Claim, Flaw, exact_tokens
from bot.answering.checking.ground import Ground, SupportSpan, bare
from bot.answering.words.dates import without_named_months
from bot.answering.words.english import word_set
from bot.answering.words.lexicon import ABBREVIATED, FOREIGN_NOT
from bot.answering.words.quantities import Quantity, quantities
from bot.answering.words.roles import TokenRole, Word, read
from bot.answering.words.units import CLOCK, MONTH, TIME, UNITS, WEEKDAYS

_ENGLISH = 0.2
"""The share of function words (the, of, not) from which a sentence counts as English. In German
every noun looks like a name."""

_BEGINNING = 5
"""Letters that two forms of one name share: Spain, Spanish need not."""
_OF_WEEKDAYS = word_set("weekday weekdays weekend weekends workday working business")
"""Words for several days of the week, which a writer may name ("Monday to Friday")."""
_MOST_WORKED_OUT = 12
"""Numbers of a sentence that may be worked out: each is compared with thousands of results."""
_STEPS = 2
"""Steps in which a number may be worked out, if the sentence has the number between them: "7 days,
so 14 euros"."""
_ABOUT = Fraction(1, 10)
_ROUNDED = Fraction(1, 20)
_ROUNDS = re.compile(
    r"\b(?:about|almost|approximately|around|nearly|roughly|etwa|rund|environ|unos|unas)\s|~",
    re.IGNORECASE,
)
"""Words in front of a number that is rounded."""
_WORKING_HOURS = {UNITS["day"]: 8, UNITS["week"]: 40}


def missing(
    claim: Claim, grounds: Sequence[Ground], asked: str = "", near: Sequence[SupportSpan] = ()
) -> Flaw | None:
    """Return the first kind of fact that neither ``grounds`` nor the question ``asked`` has.

    A number may also be worked out from those of the ``near`` spans, and a small one that is
    spelled out may count the items of a page ("two people").
    """
    if not all(any(ground.links(address) for ground in grounds) for address in claim.addresses):
        return Flaw.ADDRESS
    quoted = (text for text in claim.quotations if bare(text) not in bare(asked))
    if not all(any(ground.holds(text) for ground in grounds) for text in quoted) and not (
        grounds and is_english(read(claim.text)) != is_english(read(grounds[0].text))
    ):
        return Flaw.QUOTATION  # in another language it would be a translation
    if not all(any(ground.has_code(code) for ground in grounds) for code in claim.codes):
        return Flaw.QUOTATION
    known = exact_tokens(asked)
    if not all(token in known or any(g.spells(token) for g in grounds) for token in claim.exact):
        return Flaw.NAME
    held = [quantity for ground in grounds for quantity in ground.quantities]
    held += quantities(asked)
    dated = without_named_months(claim.text, [asked, *(ground.text for ground in grounds)])
    unheld = [quantity for quantity in quantities(dated) if not is_held(quantity, held)]
    if _ROUNDS.search(dated):
        unheld = [q for q in unheld if not any(_is_rounded(q, other) for other in held)]
    if near and 0 < len(unheld) <= _MOST_WORKED_OUT:
        texts = [span.text for span in near]
        passages = [ground.text for ground in grounds]
        own = without_example_dates(claim.text, texts)
        steps = [quantity for quantity in quantities(own) if quantity not in unheld]
        unheld = [quantity for quantity in quantities(own) if quantity in unheld]
        for _ in range(_STEPS):
            results = calculated(own, texts, passages, asked, steps)
            steps += [quantity for quantity in unheld if is_held(quantity, results)]
            unheld = [quantity for quantity in unheld if quantity not in steps]
    return Flaw.NUMBER if unheld else None


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
    idle = sum(
        word.role in (TokenRole.IDLE, TokenRole.NOT) and word.text.casefold() not in FOREIGN_NOT
        for word in words
    )
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
        Friday), as an abbreviation (SMT), or as the word that it stands for (RAM, memory)."""
        if not self._forms.isdisjoint(word.forms):
            return True
        name = word.text.casefold()
        if not self._forms.isdisjoint(ABBREVIATED.get(name.removesuffix("s"), ())):
            return True
        if len(name) > _BEGINNING and name[:_BEGINNING] in self._beginnings:
            return True
        if len(name) > 2 and any(
            other.startswith(name) or name.startswith(other) for other in self._names
        ):
            return True
        if name.removesuffix("s") in WEEKDAYS and not self._forms.isdisjoint(_OF_WEEKDAYS):
            return True
        return (
            len(name) > 1 and word.text.isupper() and any(name in text for text in self._initials)
        )

    def has_short(self, name: Sequence[Word]) -> bool:
        """Return whether the initials of ``name`` occur there."""
        return "".join(word.text[0] for word in name).casefold() in self._forms

    @cached_property
    def _initials(self) -> list[str]:
        return ["".join(word[0] for word in text.split()).casefold() for text in self._texts]


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Return the names, of one word or several: British Summer Time may be BST in the passage."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if word.role is TokenRole.NAME and word.text.isalpha():
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return runs


def is_held(quantity: Quantity, held: Sequence[Quantity]) -> bool:
    """Return whether nothing contradicts ``quantity``: ``held`` has the same size, or the same
    number, and one of the two has no unit."""
    if quantity.is_loose:
        return True
    for other in held:
        if quantity.sizes & other.sizes or _is_about_as_long(quantity, other):
            return True
        if _takes_working_hours(quantity, other) or _takes_working_hours(other, quantity):
            return True
        if quantity.values & other.values and (quantity.unit is None or other.unit is None):
            return True
        if _may_be_same_time(quantity, other):
            return True
    return False


def _is_about_as_long(quantity: Quantity, other: Quantity) -> bool:
    """Return whether one is in months, the other in days, and both are about as long: 30 days for a
    month is no error, and no proof either."""
    if not (quantity.unit and other.unit and {quantity.unit.kind, other.unit.kind} == TIME):
        return False
    ours, theirs = (
        [size * (MONTH if kind == "month" else 1) for kind, size in duration.sizes]
        for duration in (quantity, other)
    )
    return any(abs(a - b) <= _ABOUT * b for a, b in product(ours, theirs))


def _takes_working_hours(hours: Quantity, days: Quantity) -> bool:
    """Return whether ``hours`` are those of as many working ``days`` or weeks: 80 hours of leave
    for 10 days are no error, and no proof either."""
    each = _WORKING_HOURS.get(days.unit) if days.unit and hours.unit == UNITS["hour"] else None
    return each is not None and any(each * value in hours.values for value in days.values)


def _is_rounded(quantity: Quantity, exact: Quantity) -> bool:
    """Return whether a number may be ``exact``, rounded."""
    ours, theirs = (
        q.sizes or frozenset(("", value) for value in q.values) for q in (quantity, exact)
    )
    return any(
        kind == other and abs(a - b) <= _ROUNDED * b
        for (kind, a), (other, b) in product(ours, theirs)
    )


def is_stated(quantity: Quantity, held: Sequence[Quantity]) -> bool:
    """Return whether ``held`` has the same number with the same unit."""
    return any(
        quantity.sizes & other.sizes if quantity.unit else quantity.values & other.values
        for other in held
    )


def _may_be_same_time(quantity: Quantity, other: Quantity) -> bool:
    """Return whether both may be the same time of day."""
    if _is_clock(quantity) and other.unit is None:
        return bool(_hours(quantity) & other.values)
    if not _is_clock(other):
        return False
    if quantity.unit is None:
        return bool(_hours(other) & quantity.values)
    return bool(quantity.times & other.times)


def _is_clock(quantity: Quantity) -> bool:
    return quantity.unit is not None and quantity.unit.kind == CLOCK


def _hours(quantity: Quantity) -> frozenset[object]:
    """Return the possible hours: a page may say "from 9 to 5", or "9.30"."""
    hours = [value // 60 + value % 60 / 100 for value in quantity.values]
    return frozenset(reading for hour in hours for reading in (hour, hour % 12))
