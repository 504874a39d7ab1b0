"""The part of Confluence's query language that a sync uses.

Dates count in whole minutes of the site's timezone, as they do there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from footnote_bot.playground.confluence.model import Content
from footnote_bot.playground.confluence.world import World

Test = Callable[[Content], bool]

_TOKEN = re.compile(
    r"""\s{0,100}(?:"((?:[^"\\]|\\.){0,300})"|'((?:[^'\\]|\\.){0,300})'|(!=|>=|<=|!~|[=<>~(),])|([^\s=<>~!(),"']+))"""
)
_DATES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_SPANS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_FIELDS = {
    "ancestor",
    "content",
    "created",
    "creator",
    "id",
    "label",
    "lastmodified",
    "parent",
    "space",
    "space.key",
    "space.type",
    "text",
    "title",
    "type",
}


class BadCql(Exception):
    """Confluence could not parse the query."""


@dataclass(frozen=True, slots=True)
class Query:
    matches: Test
    order: tuple[str, bool] | None
    """Field, and whether it descends."""

    def sorted(self, contents: list[Content]) -> list[Content]:
        if self.order is None:
            return sorted(contents, key=number)
        field, descending = self.order
        keys: dict[str, Callable[[Content], object]] = {
            "created": lambda c: (c.created, number(c)),
            "lastmodified": lambda c: (c.modified, number(c)),
            "title": lambda c: (c.title, number(c)),
        }
        return sorted(
            contents,
            key=keys.get(field, number),  # type: ignore[arg-type] # all comparable
            reverse=descending,
        )


def number(content: Content) -> int:
    return int(content.id.removeprefix("att"))


def parse(cql: str, world: World) -> Query:
    """Parse a query.

    Raises:
        BadCql: with Confluence's words for it.
    """
    return _Parser(cql, world).query()


class _Parser:
    def __init__(self, cql: str, world: World) -> None:
        self._cql = cql
        self._world = world
        self._at = 0
        self._tokens: list[tuple[str, bool]] = []
        position = 0
        while cql[position:].strip():
            match = _TOKEN.match(cql, position)
            if match is None:
                raise self._bad()
            quoted = match[1] if match[1] is not None else match[2]
            if quoted is not None:
                self._tokens.append((re.sub(r"\\(.)", r"\1", quoted), True))
            else:
                self._tokens.append((match[3] or match[4], False))
            position = match.end()

    def query(self) -> Query:
        test: Test = lambda _: True  # noqa: E731 - what an order alone asks for
        if not self._is("order"):
            test = self._any_of()
        order = None
        if self._take("order"):
            self._expect("by")
            field = self._word().lower()
            order = (field, self._take("desc"))
            self._take("asc")
        if self._at != len(self._tokens) or not self._tokens:
            raise self._bad()
        return Query(test, order)

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self._take("or"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda c: any(test(c) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._condition()]
        while self._take("and"):
            tests.append(self._condition())
        return tests[0] if len(tests) == 1 else lambda c: all(test(c) for test in tests)

    def _condition(self) -> Test:
        if self._take("not"):
            test = self._condition()
            return lambda c: not test(c)
        if self._take("("):
            test = self._any_of()
            self._expect(")")
            return test
        field = self._word().lower()
        if field not in _FIELDS:
            raise self._bad()
        if self._take("not"):
            self._expect("in")
            within = self._in(field)
            return lambda c: not within(c)
        if self._take("in"):
            return self._in(field)
        return self._compare(field, self._word(), self._value())

    def _in(self, field: str) -> Test:
        self._expect("(")
        tests = [self._compare(field, "=", self._value())]
        while self._take(","):
            tests.append(self._compare(field, "=", self._value()))
        self._expect(")")
        return lambda c: any(test(c) for test in tests)

    def _compare(self, field: str, operator: str, value: str) -> Test:
        if operator in {"!=", "!~"}:
            test = self._compare(field, operator.removeprefix("!"), value)
            return lambda c: not test(c)
        if field in {"lastmodified", "created"}:
            return self._compare_dates(field, operator, value)
        if operator == "~" and field in {"title", "text"}:
            wanted = value.strip("*").casefold()
            return lambda c: (
                wanted in c.title.casefold() or (field == "text" and wanted in c.body.casefold())
            )
        if operator != "=":
            raise self._bad()
        return self._equals(field, value)

    def _equals(self, field: str, value: str) -> Test:
        world = self._world
        tests: dict[str, Test] = {
            "type": lambda c: c.type == value,
            "space": lambda c: c.space.casefold() == value.casefold(),
            "space.key": lambda c: c.space.casefold() == value.casefold(),
            "space.type": lambda c: world.spaces[c.space].type == value,
            "id": lambda c: c.id == value,
            "content": lambda c: c.id == value,
            "title": lambda c: c.title == value,
            "label": lambda c: value in c.labels,
            "creator": lambda c: c.author == value,
            "parent": lambda c: c.parent == value,
            "ancestor": lambda c: any(
                node.id == value
                for node in (world.path(c.id)[:-1] if c.id in world.contents else ())
            ),
        }
        if field not in tests:
            raise self._bad()
        return tests[field]

    def _compare_dates(self, field: str, operator: str, value: str) -> Test:
        limit = self._date(value)

        def test(content: Content) -> bool:
            at = content.modified if field == "lastmodified" else content.created
            minute = at.replace(second=0, microsecond=0)
            return {
                "=": minute == limit,
                ">": minute > limit,
                ">=": minute >= limit,
                "<": minute < limit,
                "<=": minute <= limit,
            }[operator]

        if operator == "~":
            raise self._bad()
        return test

    def _date(self, value: str) -> datetime:
        if (ago := re.fullmatch(r'now\("?(?:([+-]?)(\d+)([wdhm]))?"?\)', value)) is not None:
            span = timedelta(**{_SPANS[ago[3]]: int(ago[2])}) if ago[2] else timedelta(0)
            then = self._world.now() + (span if ago[1] != "-" else -span)
            return then.replace(second=0, microsecond=0)
        for pattern in _DATES:
            try:
                naive = datetime.strptime(value, pattern)  # noqa: DTZ007 - the zone comes next
            except ValueError:
                continue
            return naive.replace(tzinfo=self._world.timezone).astimezone(UTC)
        raise self._bad()

    # Tokens

    def _value(self) -> str:
        if self._at >= len(self._tokens):
            raise self._bad()
        word, quoted = self._tokens[self._at]
        if not quoted and not re.match(r"[\w~]", word):
            raise self._bad()
        self._at += 1
        if not quoted and word.lower() == "now" and self._take("("):
            argument = "" if self._is(")") else self._value()
            self._expect(")")
            return f"now({argument})"
        if not quoted and word.startswith("~"):
            raise self._bad()
        return word

    def _word(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][1]:
            raise self._bad()
        self._at += 1
        return self._tokens[self._at - 1][0]

    def _is(self, word: str) -> bool:
        return self._at < len(self._tokens) and (
            self._tokens[self._at][0].lower() == word and not self._tokens[self._at][1]
        )

    def _take(self, word: str) -> bool:
        if self._is(word):
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._bad()

    def _bad(self) -> BadCql:
        return BadCql(f"Could not parse cql : {self._cql}")
