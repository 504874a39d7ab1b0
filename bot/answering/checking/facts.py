"""Facts of a sentence that can be compared letter by letter: numbers with their units, codes and
commands, and what stands in quotation marks.

A sentence is not wrong because it says a thing in other words; but it is if it gives another number
than the words that it rests on, or spells a command as no page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from footnote_bot.bot.answering.checking.evidence import bare
from footnote_bot.bot.answering.checking.guards import Flaw

_QUOTED = re.compile(
    r"(?<!\d)\"([^\"\n]+)\"|[\u201c\u201e]([^\u201c\u201d\u201e\n]+)[\u201c\u201d]"
    r"|\u00ab([^\u00ab\u00bb\n]+)\u00bb|\u300c([^\u300c\u300d\n]+)\u300d"
)
_SPAN = re.compile(r"(?<!`)(`{1,8})(?!`)([^`]+)\1(?!`)")
_FENCED = re.compile(r"^```[^\n`]*\n(.*?)(?:\n```[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_EXACT = re.compile(
    r"(?<![\w#@/])[#@][^\W\d_][\w-]*|(?<![\w-])--?[A-Za-z][\w-]*|(?<!\w)[^\W_]+(?:_[^\W_]+)+"
)
"""A channel, a person, an option, a name in snake case."""
_NUMBER = re.compile(
    r"(?P<before>[$\u20ac\u00a3]\s?)?(?<![\w.,:])(?P<letters>[^\W\d_]*)"
    r"(?P<digits>\d{1,3}(?:[ ,.'\u2019\u00a0\u202f]\d{3})+(?![\d.,]\d|\d)"
    r"|\d+(?:[.,:]\d+)*)(?P<joined>\w*)"
    r"(?:[ \u00a0\u202f-]{0,2}(?P<behind>[ap]\.m\.|[^\W\d_]+|[%$\u20ac\u00a3]))?"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[., '\u2019\u00a0\u202f]\d{3})+")
_ORDINAL = re.compile(r"st|nd|rd|th")
_MOST_COUNTED = 20
"""A number up to this may be counted, where the words have none."""

_UNITS = {
    word: (kind, Fraction(size))
    for kind, size, words in (
        ("time", Fraction(1, 60), "s sec secs second seconds"),
        ("time", 1, "min mins minute minutes"),
        ("time", 60, "h hr hrs hour hours"),
        ("time", 1440, "d day days"),
        ("time", 10_080, "wk week weeks"),
        ("month", 1, "month months"),
        ("month", 12, "year years yr yrs"),
        ("share", 1, "% percent"),
        ("dollar", 1, "$ dollar dollars usd"),
        ("euro", 1, "\u20ac euro euros eur"),
        ("pound", 1, "\u00a3 gbp"),
        ("byte", 1, "kb kib"),
        ("byte", 1024, "mb mib"),
        ("byte", 1024**2, "gb gib"),
        ("byte", 1024**3, "tb tib"),
        ("clock", 1, "am"),
        ("clock", 2, "pm"),
    )
    for word in words.split()
}
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"
_SPELLED = {word: number for number, word in enumerate(_NUMBERS.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), 2)
}
_WORD = re.compile(r"[^\W\d_]+|[%$\u20ac\u00a3]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, which may be read in several ways ("1.000"), and its unit of measure, if it has
    one."""

    values: frozenset[str]
    unit: tuple[str, Fraction] | None = None

    def fits(self, other: Amount) -> bool:
        """Return whether both may be the same amount; one may lack its unit, or use another."""
        if self.unit and other.unit and self.unit != other.unit:
            if "clock" in (self.unit[0], other.unit[0]):
                return False  # am is never pm, nor a duration
            return bool(self._sizes() & other._sizes())
        return bool(self.values & other.values)

    def _sizes(self) -> set[tuple[str, Fraction]]:
        """Return the values in the smallest unit of their kind: 2 hours are 120 minutes."""
        kind, size = self.unit or ("", Fraction(1))
        return {(kind, Fraction(value) * size) for value in self.values if ":" not in value}


def flaw_of(text: str, evidence: Sequence[str], also: Sequence[str]) -> Flaw | None:
    """Return the first kind of fact in the sentence ``text`` that neither its ``evidence`` has nor
    what it may ``also`` repeat (titles and the question); None if there is no such fact."""
    allowed = bare("\n".join([*evidence, *also]))
    quoted = [next(filter(None, match.groups())) for match in _QUOTED.finditer(text)]
    quoted += [match[1] for match in _FENCED.finditer(text)]
    unquoted = _FENCED.sub(" ", text)
    quoted += [match[2] for match in _SPAN.finditer(unquoted)]
    if not all(bare(words) in allowed for words in quoted):
        return Flaw.QUOTATION
    unquoted = _QUOTED.sub(" ", _SPAN.sub(" ", unquoted))
    exact = [match[0] for match in _EXACT.finditer(unquoted)]
    exact += [code for code, _ in _numbers(unquoted) if code]
    if not all(bare(token) in allowed for token in exact):
        return Flaw.NAME
    # A small number may count things of the evidence, if that gives no numbers itself.
    may_be_counted = not any(map(_measures, evidence))
    amounts = [
        amount for words in (*evidence, *also) for amount in (*_amounts(words), *_spelled(words))
    ]
    for amount in _measures(unquoted):
        is_small = any(value.isdecimal() and int(value) <= _MOST_COUNTED for value in amount.values)
        if not (may_be_counted and is_small) and not any(amount.fits(other) for other in amounts):
            return Flaw.NUMBER
    return None


def _measures(text: str) -> list[Amount]:
    """Return the amounts in digits, and those spelled in words that have a unit."""
    return [*_amounts(text), *(amount for amount in _spelled(text) if amount.unit)]


def _amounts(text: str) -> Iterator[Amount]:
    return (amount for _, amount in _numbers(text) if amount)


def _numbers(text: str) -> Iterator[tuple[str, Amount | None]]:
    """Yield each number as ("", amount), a token of letters and digits as (token, None): SEV3."""
    for match in _NUMBER.finditer(text):
        joined = match["joined"].casefold()
        is_unit = joined in _UNITS or _ORDINAL.fullmatch(joined)
        if match["letters"] or (joined and not is_unit):
            yield f"{match['letters']}{match['digits']}{match['joined']}", None
            continue
        behind = (match["behind"] or "").replace(".", "").casefold()
        unit = next(
            (
                _UNITS[word]
                for word in ((match["before"] or "").strip(), joined, behind)
                if word in _UNITS
            ),
            None,
        )
        yield "", Amount(frozenset(_values(match["digits"], unit)), unit)


def _values(digits: str, unit: tuple[str, Fraction] | None) -> Iterator[str]:
    """Yield what the digits may stand for, in one spelling: "1.000" is 1000 or 1, "2" pm is 14."""
    if _THOUSANDS.fullmatch(digits):
        yield str(int("".join(filter(str.isdecimal, digits))))
    hours, separator, rest = digits.partition(":")
    if separator or (unit and unit[0] == "clock" and digits.isdecimal()):
        minutes = f":{rest}" if rest.strip("0:") else ""
        yield f"{int(hours)}{minutes}"
        if unit == _UNITS["pm"]:
            yield f"{int(hours) % 12 + 12}{minutes}"
        return
    whole, *parts = re.split(r"[.,]", digits)
    if len(parts) == 1 and whole.isdecimal() and parts[0].isdecimal():
        fraction = parts[0].rstrip("0")
        yield f"{int(whole)}.{fraction}" if fraction else str(int(whole))
        yield f"{int(whole)}:{parts[0]}"
    elif digits.isdecimal():
        yield str(int(digits))
    else:
        yield digits


def _spelled(text: str) -> Iterator[Amount]:
    """Yield the numbers in English words: "thirty days", "twenty-five"."""
    words = [match[0].casefold() for match in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        number = _SPELLED.get(words[at])
        at += 1
        if number is not None:
            following = _SPELLED.get(words[at], 0) if at < len(words) else 0
            if number % 10 == 0 < following < 10 < number:  # twenty-five
                number, at = number + following, at + 1
            unit = _UNITS.get(words[at]) if at < len(words) else None
            yield Amount(frozenset([str(number)]), unit)
