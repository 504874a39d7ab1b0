"""Small rules that larger ones are made of.

A rule looks at a value and yields what is wrong with it, in Slack's words and with Slack's pointer
to the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground import limits

Problems = Iterator[str]
Rule = Callable[[Any, str], Problems]

PLAIN = "plain_text"
MRKDWN = "mrkdwn"


def say(problem: str, at: str) -> str:
    return f"{problem} [json-pointer:{at}]"


def string(maximum: int, *, minimum: int = 0) -> Rule:
    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, str):
            yield say("must be a string", at)
        elif len(value) > maximum:
            yield say(f"must be less than {maximum + 1} characters", at)
        elif len(value) < minimum:
            yield say(f"must be more than {minimum - 1} characters", at)

    return check


def url() -> Rule:
    within = string(limits.URL, minimum=1)

    def check(value: Any, at: str) -> Problems:
        yield from within(value, at)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            yield say("must be a valid URL", at)

    return check


def boolean(value: Any, at: str) -> Problems:
    if not isinstance(value, bool):
        yield say("must be a boolean", at)


def integer(value: Any, at: str) -> Problems:
    if not isinstance(value, int) or isinstance(value, bool):
        yield say("must be an integer", at)


def anything(_value: Any, _at: str) -> Problems:
    return iter(())


def one_of(*allowed: str) -> Rule:
    def check(value: Any, at: str) -> Problems:
        if value not in allowed:
            yield say(f"must be one of {', '.join(allowed)}", at)

    return check


def text(maximum: int, *kinds: str) -> Rule:
    """Return the rule of a text object of one of ``kinds``."""
    fields = {
        PLAIN: shape({"type": anything, "text": string(maximum, minimum=1), "emoji": boolean}),
        MRKDWN: shape({"type": anything, "text": string(maximum, minimum=1), "verbatim": boolean}),
    }

    def check(value: Any, at: str) -> Problems:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if kind not in kinds:
            yield say(f"must be a {' or '.join(kinds)} text object", at)
        elif "text" not in value:
            yield say("missing required field: text", at)
        else:
            yield from fields[kind](value, at)

    return check


def many(rule: Rule, maximum: int, *, minimum: int = 1) -> Rule:
    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, list):
            yield say("must be an array", at)
            return
        if len(value) > maximum:
            yield say(f"no more than {maximum} items allowed", at)
        if len(value) < minimum:
            yield say(f"no fewer than {minimum} items allowed", at)
        for number, item in enumerate(value):
            yield from rule(item, f"{at}/{number}")

    return check


def shape(fields: Mapping[str, Rule], *, required: tuple[str, ...] = ()) -> Rule:
    """Return the rule of an object with these fields and no others."""

    def check(value: Any, at: str) -> Problems:
        if not isinstance(value, Mapping):
            yield say("must be an object", at)
            return
        for name in required:
            if name not in value:
                yield say(f"missing required field: {name}", at)
        for name, content in value.items():
            if name not in fields:
                yield say(f"invalid additional property: {name}", at)
            else:
                yield from fields[name](content, f"{at}/{name}")

    return check


@dataclass(frozen=True, slots=True)
class Kinds:
    """A rule of one of several objects, told apart by their ``type``."""

    rules: Mapping[str, Rule]
    what: str

    def only(self, *names: str) -> Rule:
        """Return the rule for those of ``names``: others are refused here."""

        def check(value: Any, at: str) -> Problems:
            kind = value.get("type") if isinstance(value, Mapping) else None
            if kind is None:
                yield say("missing required field: type", at)
            elif kind not in self.rules:
                yield say(f"unsupported type: {kind}", f"{at}/type")
            elif kind not in names:
                yield say(f"unsupported {self.what} here: {kind}", f"{at}/type")
            else:
                yield from self.rules[kind](value, at)

        return check
