"""No text that others wrote may make a regular expression take more than linear time."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from footnote_bot.indexers.sources.markdown import tags
from footnote_bot.indexers.syncing import splitting

from .attacking import slowest
from .finding import (
    ANCHORED,
    CompiledPattern,
    held_by,
    module_of,
    patterns_of,
    sources,
)

MADE_AT_A_CALL = {
    "footnote_bot.playground.confluence.faults": "the local Confluence's, by its tests",
    "footnote_bot.playground.confluence.routes": "they are constants of the modules that call it",
    "footnote_bot.indexers.sources.markdown.dialects": "they are held by its tables",
    "footnote_bot.indexers.sources.markdown.tags": "its parts are tried below",
}
"""Modules that compile patterns other than their constants."""


def all_patterns() -> Iterator[CompiledPattern]:
    for file in sources():
        module = importlib.import_module(module_of(file))
        seen: set[tuple[Any, int]] = set()
        if module.__name__ not in MADE_AT_A_CALL:
            for compiled in patterns_of(file):
                seen.add((compiled.pattern.pattern, compiled.pattern.flags))
                yield compiled
        for pattern in held_by(module):
            if (pattern.pattern, pattern.flags) not in seen:
                yield CompiledPattern(module.__name__, pattern, ANCHORED | {"search"})
    for kind, part in tags._PATTERNS.items():
        yield CompiledPattern(
            f"footnote_bot.indexers.sources.markdown.tags {kind}",
            re.compile(part),
            frozenset({"search"}),
        )


SHARES = 8
"""The patterns are tried in as many tests, so that several processes can share them."""


@cache
def distinct_patterns() -> Sequence[CompiledPattern]:
    """Return each pattern once, with all its uses. A constant is in its module and in all modules
    that import it. Tests get them from here, because each process of tests imports this module."""
    patterns: dict[tuple[Any, int], CompiledPattern] = {}
    for compiled in all_patterns():
        key = (compiled.pattern.pattern, compiled.pattern.flags)
        uses = patterns.get(key, compiled).uses
        patterns[key] = replace(compiled, uses=compiled.uses | uses)
    return list(patterns.values())


def test_many_patterns_are_found() -> None:
    assert len(distinct_patterns()) > 400


@pytest.mark.parametrize("share", range(SHARES))
def test_patterns_take_linear_time(share: int) -> None:
    slow = {
        compiled.place: slowest(compiled.pattern, sorted(compiled.uses))
        for compiled in distinct_patterns()[share::SHARES]
    }

    assert {place: found for place, found in slow.items() if found} == {}


SMALL_TALK = re.compile(
    r"(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings"
    r"|thanks?|thank you|thx|ty|cheers|ok(?:ay)?|great|nice|cool|help|test|ping"
    r"|there|all|everyone|you|so much|a lot|very much|bot|footnote)[\s\W]*)+",
    re.IGNORECASE,
)
CANDIDATES = re.compile(
    r"\]\(\s*<?([^)\s>]+)|^\s*\[[^\]\n]+\]:\s*<?(\S+?)>?\s|\bhref\s*=\s*[\"']([^\"'\n]+)"
    r"|\[\[([^\]\n]+)\]\]|\{[%{<][^}\n]*?[\"'`]([^\"'`\n]+)",
    re.MULTILINE,
)
"""The patterns with which one message, and one page, stopped the bot."""
NUMBER = re.compile(r"\W*(?:(?:no|number|option)\W*)?(?<![+-])([1-9])\W*", re.IGNORECASE)
"""A pattern that was linear only where its use began: at the beginning of a text."""


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (SMALL_TALK, "fullmatch"),
        (CANDIDATES, "findall"),
        (re.compile(r"(a|a)*b"), "match"),
        (re.compile(r"<!--.*?-->", re.DOTALL), "sub"),
        (re.compile(r"[a-z]+@x"), "search"),
        (re.compile(r"\s*\n\s*x"), "match"),
        (NUMBER, "search"),
    ],
    ids=lambda value: getattr(value, "pattern", value)[:12],
)
def test_a_slow_pattern_is_found(pattern: re.Pattern[str], use: str) -> None:
    assert slowest(pattern, [use], looks=1) is not None


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (re.compile(r"(?<!\s)\s++$"), "search"),
        (re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL), "sub"),
        (re.compile(r"[a-z]{1,64}@x"), "search"),
        (re.compile(r"\s+$"), "match"),
        (splitting._TITLE, "search"),
    ],
)
def test_a_linear_pattern_passes(pattern: re.Pattern[str], use: str) -> None:
    assert slowest(pattern, [use]) is None
