"""Small rules that larger ones are made of.

A rule checks a value and yields its problems, in Slack's words and with Slack's pointer to the
place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from footnote_bot.playground.slack import limits

Problems = Iterator[str]
Rule = Callable[[Any, str], Problems]

PLAIN = "plain_text"
MRKDWN = "mrkdwn"


def say(problem: str, pointer: str) -> str:
    return f"{problem} [json-pointer:{pointer}]"


def string(maximum: int, *, minimum: int = 0) -> Rule:
    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, str):
            yield say("must be a string", pointer)
        elif len(value) > maximum:
            yield say(f"must be less than {maximum + 1} characters", pointer)
        elif len(value) < minimum:
            yield say(f"must be more than {minimum - 1} characters", pointer)

    return check


def url() -> Rule:
    within = string(limits.URL, minimum=1)

    def check(value: Any, pointer: str) -> Problems:
        yield from within(value, pointer)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            yield say("must be a valid URL", pointer)

    return check


def boolean(value: Any, pointer: str) -> Problems:
    if not isinstance(value, bool):
        yield say("must be a boolean", pointer)


def integer(value: Any, pointer: str) -> Problems:
    if not isinstance(value, int) or isinstance(value, bool):
        yield say("must be an integer", pointer)


def anything(_value: Any, _at: str) -> Problems:
    return iter(())


def one_of(*allowed: str) -> Rule:
    def check(value: Any, pointer: str) -> Problems:
        if value not in allowed:
            yield say(f"must be one of {', '.join(allowed)}", pointer)

    return check


def text(maximum: int, *kinds: str) -> Rule:
    """Return the rule of a text object of one of ``kinds``."""
    fields = {
        PLAIN: shape({"type": anything, "text": string(maximum, minimum=1), "emoji": boolean}),
        MRKDWN: shape({"type": anything, "text": string(maximum, minimum=1), "verbatim": boolean}),
    }

    def check(value: Any, pointer: str) -> Problems:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if kind not in kinds:
            yield say(f"must be a {' or '.join(kinds)} text object", pointer)
        elif "text" not in value:
            yield say("missing required field: text", pointer)
        else:
            yield from fields[kind](value, pointer)

    return check


def many(rule: Rule, maximum: int, *, minimum: int = 1) -> Rule:
    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, list):
            yield say("must be an array", pointer)
            return
        if len(value) > maximum:
            yield say(f"no more than {maximum} items allowed", pointer)
        if len(value) < minimum:
            yield say(f"no fewer than {minimum} items allowed", pointer)
        for number, item in enumerate(value):
            yield from rule(item, f"{pointer}/{number}")

    return check


def shape(fields: Mapping[str, Rule], *, required: tuple[str, ...] = ()) -> Rule:
    """Return the rule of an object with these fields and no others."""

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, Mapping):
            yield say("must be an object", pointer)
            return
        for name in required:
            if name not in value:
                yield say(f"missing required field: {name}", pointer)
        for name, content in value.items():
            if name not in fields:
                yield say(f"invalid additional property: {name}", pointer)
            else:
                yield from fields[name](content, f"{pointer}/{name}")

    return check


@dataclass(frozen=True, slots=True)
class Kinds:
    """A rule of one of several objects, distinguished by their ``type``."""

    rules: Mapping[str, Rule]
    what: str

    def only(self, *names: str) -> Rule:
        """Return the rule that accepts only the types in ``names``."""

        def check(value: Any, pointer: str) -> Problems:
            kind = value.get("type") if isinstance(value, Mapping) else None
            if kind is None:
                yield say("missing required field: type", pointer)
            elif kind not in self.rules:
                yield say(f"unsupported type: {kind}", f"{pointer}/type")
            elif kind not in names:
                yield say(f"unsupported {self.what} here: {kind}", f"{pointer}/type")
            else:
                yield from self.rules[kind](value, pointer)

        return check
