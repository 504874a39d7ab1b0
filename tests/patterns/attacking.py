"""Find slow patterns: grow strings from the parse tree of a pattern, and measure them."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from re import _constants as codes
from re import _parser as parser
from typing import Any

_MANY = 50
"""A repeat with a higher limit counts as endless."""
_LENGTHS = (1_000, 4_000)
"""Characters of the short string, and a quarter of the long one's. Most patterns are cleared by the
first; the second clears those that look further only up to a limit."""
_AT_ONCE = 0.15e-6
"""Seconds for each character of the short string. Only linear growth is this fast."""
_TOO_LONG = 50e-6
"""Seconds for each character of the short string. No linear growth is this slow."""
_FEW = [int(8 * 1.3**step) for step in range(14)]
_STEEP = 8.0
"""The most that the time may grow for four times the text: 4 is linear, 16 is quadratic."""
_HOPELESS = 0.02
"""Seconds for a text of a few characters. With exponential growth, each further character doubles
it."""
_LOOKS = 6
"""Measurements. A busy machine may spoil some, but a slow pattern is slow in all of them."""
_PALETTE = "a1 \n\t-_.,:;!?\"'`*#=/\\@|~<>[](){}%&^$+AZ\u00e9\u2019"
_ENDS = ("", "\0x\0")
_PUMPS = 6
"""How many strings of a repeat are repeated together with the text before them."""
_MOST = 600
"""The most strings for one pattern."""


@dataclass(frozen=True)
class Slow:
    """A slow pattern. ``seed`` is the repeated text."""

    use: str
    seed: str


def slowest(pattern: re.Pattern[Any], uses: Sequence[str], looks: int = _LOOKS) -> Slow | None:
    """Return the first string that takes more than linear time in all ``looks``, or None."""
    scans = not {*uses} <= {"match", "fullmatch"}
    ways = ["search"] if scans else []
    ways += [use for use in ("match", "fullmatch") if use in uses]
    for head, seed, tail in itertools.islice(_seeds(pattern), _MOST):
        for way in ways:
            if _is_slow(_runner(pattern, way), (head, seed, tail), looks):
                return Slow(way, f"{head}|{seed}|{tail}")
    return None


def _runner(pattern: re.Pattern[Any], way: str) -> Callable[[str], object]:
    encode = isinstance(pattern.pattern, bytes)

    def run(text: str) -> object:
        subject: Any = text.encode() if encode else text
        if way == "search":
            return sum(1 for _ in pattern.finditer(subject))
        return getattr(pattern, way)(subject)

    return run


def _is_slow(run: Callable[[str], object], attack: tuple[str, str, str], looks: int) -> bool:
    """Start with a few characters: the worst patterns never return."""
    head, seed, tail = attack
    for size in _FEW:
        text = head + seed * max(size // len(seed), 1) + tail
        if all(_seconds(run, text, 1) > _HOPELESS for _ in range(looks)):
            return True
    return not any(_is_linear(run, attack, length, looks) for length in _LENGTHS)


def _is_linear(
    run: Callable[[str], object], attack: tuple[str, str, str], length: int, looks: int
) -> bool:
    """Return whether four times the text takes little more than four times as long."""
    head, seed, tail = attack
    times = max(length // len(seed), 1)
    short, long = (head + seed * count + tail for count in (times, 4 * times))
    if _seconds(run, short, 1) < _AT_ONCE * length:
        return True
    for _ in range(looks):
        taken = _seconds(run, short, 2)
        if taken <= _TOO_LONG * length and _seconds(run, long, 1) <= _STEEP * max(taken, 1e-5):
            return True
    return False


def _seconds(run: Callable[[str], object], text: str, runs: int) -> float:
    """Return the processor seconds of this thread: the fewest of several runs."""
    least = float("inf")
    for _ in range(runs):
        start = time.thread_time()
        run(text)
        least = min(least, time.thread_time() - start)
    return least


def _seeds(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the text before, the text to repeat, and the end at which the match fails."""
    text = pattern.pattern
    tree = parser.parse(text, pattern.flags if isinstance(text, str) else 0)
    literals = "".join(dict.fromkeys(_literals(tree)))[:24]
    grower = _Grower(literals + "".join(char for char in _PALETTE if char not in literals))
    tried: set[tuple[str, str, str]] = set()
    for before, pumps, after in grower.repeats(list(tree), ""):
        ways = [(before, pump) for pump in pumps]
        for attack_head in (f"{before}{pump}" for pump in pumps[:_PUMPS]):
            ways += [
                ("", attack_head),
                ("", f"{attack_head}{after}"[:-1]),
                ("", f"{attack_head}{after}"),
            ]
            ways += [("", f"{attack_head}\n"), ("", before), ("", f"{before}\n")]
        for (head, seed), tail in itertools.product(ways, _ENDS):
            attack = (head, seed, tail)
            if seed and attack not in tried:
                tried.add(attack)
                yield attack


def _literals(items: Any) -> Iterator[str]:
    if isinstance(items, parser.SubPattern | list | tuple):
        if isinstance(items, tuple) and items and items[0] in (codes.LITERAL, codes.NOT_LITERAL):
            yield chr(items[1])
        for item in items:
            yield from _literals(item)


class _Grower:
    """Strings that match a part of a parse tree."""

    def __init__(self, palette: str) -> None:
        self._palette = palette

    def repeats(
        self, items: list[Any], before: str, after: str = ""
    ) -> Iterator[tuple[str, list[str], str]]:
        """Yield each endless repeat: the text before it, strings it matches, the text after it."""
        for at, (code, value) in enumerate(items):
            following = self.sample(items[at + 1 :]) + after
            if code in _REPEATS:
                _, most, body = value
                if most > _MANY:
                    yield before, self.several(list(body)), following
                yield from self.repeats(list(body), before, following)
            else:
                for branch in _branches(code, value):
                    yield from self.repeats(list(branch), before, following)
            before += self.sample([(code, value)])

    def several(self, items: list[Any]) -> list[str]:
        """Return different strings that match ``items``, the shortest first."""
        strings: list[str] = []
        if len(items) == 1:
            code, value = items[0]
            if code is codes.BRANCH:
                strings = [text for part in value[1] for text in self.several(list(part))]
            elif code in _REPEATS:
                strings = self.several(list(value[2]))
            elif branches := _branches(code, value):
                strings = [text for part in branches for text in self.several(list(part))]
            else:
                strings = self._characters(code, value)[:6]
        else:
            strings = [self.sample(items)]
            for at, item in enumerate(items):
                head, tail = self.sample(items[:at]), self.sample(items[at + 1 :])
                strings += [f"{head}{text}{tail}" for text in self.several([item])]
        return list(dict.fromkeys(filter(None, strings)))[:40]

    def sample(self, items: list[Any]) -> str:
        """Return a string that matches ``items``, unless their context forbids it."""
        text = ""
        for code, value in items:
            if code in _REPEATS:
                least, _, body = value
                text += self.sample(list(body)) * min(max(least, 1 if least else 0), 4)
            elif code is codes.BRANCH:
                text += self.sample(list(value[1][0]))
            elif code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
                continue
            elif branches := _branches(code, value):
                text += self.sample(list(branches[0]))
            else:
                text += next(iter(self._characters(code, value)), "")
        return text

    def _characters(self, code: Any, value: Any) -> list[str]:
        if code is codes.LITERAL:
            return [chr(value)]
        if code is codes.GROUPREF:
            return []
        return [char for char in self._palette if _takes(code, value, char)]


_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def _branches(code: Any, value: Any) -> list[Any]:
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    if code is codes.GROUPREF_EXISTS:
        return [part for part in value[1:] if part is not None]
    return []


def _takes(code: Any, value: Any, char: str) -> bool:
    if code is codes.ANY:
        return char != "\n"
    if code is codes.NOT_LITERAL:
        return ord(char) != value
    if code is codes.IN:
        negated = value[0][0] is codes.NEGATE
        return any(_in(kind, argument, char) for kind, argument in value[negated:]) != negated
    return False


def _in(kind: Any, argument: Any, char: str) -> bool:
    if kind is codes.LITERAL:
        return ord(char) == argument
    if kind is codes.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    word, space = char.isalnum() or char == "_", char.isspace()
    return {
        codes.CATEGORY_DIGIT: char.isdigit(), codes.CATEGORY_NOT_DIGIT: not char.isdigit(),
        codes.CATEGORY_SPACE: space, codes.CATEGORY_NOT_SPACE: not space,
        codes.CATEGORY_WORD: word, codes.CATEGORY_NOT_WORD: not word,
    }[argument]  # fmt: skip
