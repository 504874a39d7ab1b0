"""Words for numbers, units and the parts of a day; English, and the commonest of German, French and
Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from bot.answering.words.english import word_set


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """A unit of measure. ``size`` is in units of ``kind``: an hour is 60 of "minute"."""

    kind: str
    size: Fraction = Fraction(1)


def _table(*rows: tuple[str, Fraction | int, str]) -> dict[str, MeasureUnit]:
    return {
        word: MeasureUnit(kind, Fraction(size))
        for kind, size, words in rows
        for word in words.split()
    }


UNITS = _table(
    ("minute", Fraction(1, 60), "second seconds sec sekunde sekunden seconde secondes segundos"),
    ("minute", 1, "minute minutes min mins minuten minuto minutos"),
    ("minute", 60, "hour hours hr hrs hourly stunde stunden heure heures hora horas"),
    ("minute", 1440, "day days daily tag tage tagen jour jours día días"),
    ("minute", 7 * 1440, "week weeks weekly woche wochen semaine semaines semana semanas"),
    ("minute", 14 * 1440, "fortnight fortnights fortnightly"),
    ("month", 1, "month months monthly monat monate monaten mois mes meses"),
    ("month", 3, "quarter quarters quarterly quartal quartale trimestre trimestres"),
    ("month", 12, "year years yr yearly annually jahr jahre jahren an ans année années año años"),
    ("%", 1, "% percent prozent"),
    ("$", 1, "$ dollar dollars usd dólares"),
    ("\u20ac", 1, "\u20ac euro euros eur"),
    ("\u00a3", 1, "\u00a3 pound pounds gbp"),
    ("\u00a5", 1, "\u00a5 yen jpy"),
    ("cent", 1, "cents"),
    ("minute", Fraction(1, 60_000), "millisecond milliseconds msec millisekunden"),
    ("minute", Fraction(1, 60_000_000), "microsecond microseconds"),
    ("byte", 1, "byte bytes"),
    ("byte", 2**10, "kb kib kilobyte kilobytes"),
    ("byte", 2**20, "mb mib mi megabyte megabytes"),
    ("byte", 2**30, "gb gib gi gigabyte gigabytes"),
    ("byte", 2**40, "tb tib ti terabyte terabytes"),
    ("metre", 1, "metre metres meter meters"),
    ("metre", 1000, "km kilometre kilometres kilometer kilometers"),
    ("mile", 1, "mile miles"),
    ("kilo", 1, "kg kilo kilos kilogram kilograms"),
)  # fmt: skip
UNIT_ENDINGS = (
    "sekunden", "minuten", "stunden", "stunde", "tage", "tagen", "tag", "wochen", "woche",
    "monate", "monaten", "monat", "jahre", "jahren", "jahr",
)  # fmt: skip
"""The ends of German words for counted times: 28 Urlaubstage."""
SYMBOLS = _table(
    ("minute", Fraction(1, 60_000_000), "us \u03bcs"),
    ("minute", Fraction(1, 60_000), "ms"),
    ("minute", Fraction(1, 60), "s"),
    ("minute", 60, "h"),
    ("minute", 1440, "d"),
    ("minute", 7 * 1440, "w"),
    ("month", 12, "y"),
)  # fmt: skip
"""Units only right after a number, since they may mean something else in other places."""
TIME = frozenset({"minute", "month"})
"""The kinds of durations."""
MONTH = Fraction(30 * 1440)
"""Minutes of a month, about."""
WORKING = frozenset({"working", "business"})
"""Words for days of which a week has five."""
ARTICLES = word_set("a an each every per ein eine einen einem einer un una une jede jeden")
HALF = frozenset({"half"})
PARTS = {"half": Fraction(1, 2), "third": Fraction(1, 3), "quarter": Fraction(1, 4)}
"""Fractions of a greater number: "a quarter of a million"."""
AND_PARTS = {
    ("and", "a", "half"): Fraction(1, 2),
    ("and", "a", "quarter"): Fraction(1, 4),
    ("and", "three", "quarters"): Fraction(3, 4),
    ("and", "three", "-", "quarter"): Fraction(3, 4),
    ("and", "three", "-", "quarters"): Fraction(3, 4),
}
"""What follows a whole number: "two and a half"."""
CLOCK = "clock"
"""The kind of a time of day, in minutes from midnight."""
MONEY = frozenset({"$", "\u20ac", "\u00a3", "\u00a5", "cent"})
"""Kinds of the units of money."""
PER_CENT = re.compile(r"\b(?:(?:per|pour)[\s-]cent|por\sciento)\b", re.IGNORECASE)
JOINS = word_set("to and or bis und oder à et ou a y o - \u2013 \u2014 through until")
"""Words and signs between two numbers that share a unit."""
HALVES = {"am": 0, "pm": 12 * 60, "a.m": 0, "p.m": 12 * 60}
NAMED_HOURS = {
    "noon": frozenset({Fraction(12 * 60)}),
    "midday": frozenset({Fraction(12 * 60)}),
    "midnight": frozenset({Fraction(0), Fraction(24 * 60)}),
}
EVERY_SECOND = frozenset({("every", "second"), ("every", "other")})
WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
HOURS = frozenset({"uhr", "o'clock"})
TIMES = {
    "hundred": 100, "hundert": 100, "cent": 100, "cien": 100, "ciento": 100,
    "k": 1000, "thousand": 1000, "tausend": 1000, "mille": 1000, "mil": 1000,
    "m": 10**6, "million": 10**6, "millions": 10**6, "millionen": 10**6, "millón": 10**6,
    "millones": 10**6, "mn": 10**6,
    "bn": 10**9, "billion": 10**9, "billions": 10**9, "milliarde": 10**9, "milliarden": 10**9,
    "milliard": 10**9, "milliards": 10**9,
    "dozen": 12,
}  # fmt: skip


def _counted(words: str, *, start: int = 1, step: int = 1) -> dict[str, int]:
    return {
        word: start + step * place
        for place, several in enumerate(words.split())
        for word in several.split("/")
    }


SPELLED = {
    **_counted(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen"
    ),
    **_counted("twenty thirty forty fifty sixty seventy eighty ninety", start=20, step=10),
    **_counted("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", start=3),
    **_counted(
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
        " sechzehn siebzehn achtzehn neunzehn"
    ),
    **_counted(
        "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
        start=20,
        step=10,
    ),
    **_counted(
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
        start=2,
    ),
    **_counted("vingt trente quarante cinquante soixante", start=20, step=10),
    **_counted(
        "dos tres cuatro cinco seis siete ocho nueve diez",
        start=2,
    ),
    **_counted("doce trece catorce quince dieciséis", start=12),
    **_counted(
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", start=20, step=10
    ),
}
"""Number words, without those that mean something else in another language: not "once", not
"un"."""
