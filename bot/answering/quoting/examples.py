"""Worked examples: they apply a rule to one case, and state no rule themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.answering.words.things import numbered

_EXAMPLE = re.compile(
    r"\b(?:e\. ?g\b|examples?\b|for instance\b|suppose\b|imagine\b|let['\u2019]?s say\b"
    r"|scenarios?\b|beispiel|z\. ?b\b|ejemplos?\b|exemples?\b)",
    re.IGNORECASE,
)


def is_example(text: str, above: Iterable[str] = ()) -> bool:
    """Return whether a sentence gives an example: it says so itself, or the lines ``above`` it do
    (its heading and introductions)."""
    return any(_EXAMPLE.search(line) for line in (text, *above))


def is_of_another_thing(question: str, text: str) -> bool:
    """Return whether ``text`` names only other numbered things of a kind than ``question``: "a
    nurse in band 5", if that asks about band 7."""
    asked, named = _numbers_by_kind(question), _numbers_by_kind(text)
    return any(named[kind].isdisjoint(asked[kind]) for kind in asked if kind in named)


def _numbers_by_kind(text: str) -> dict[str, set[str]]:
    numbers: dict[str, set[str]] = {}
    for thing in numbered(text):
        if thing.kind != "year":
            numbers.setdefault(thing.kind, set()).add(thing.which)
    return numbers
