"""Faults of any request: queued by a test, or drawn from a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a request.

    ``status`` answers with that status; for 429 and 503 ``retry_after`` is the
    header (None: without). ``kind`` is another sort of trouble:

    - ``drop``: the connection breaks without an answer
    - ``cut``: the answer breaks off in the middle of its JSON
    - ``login``: 200, and an HTML page to log in at
    - ``short``: fewer results than asked for, the rest on further pages; Data
      Center's ``next`` then skips what was left out
    - ``empty``: no results, and a ``next`` that leads here again
    """

    status: int = 0
    retry_after: str | None = None
    kind: Literal["", "drop", "cut", "login", "short", "empty"] = ""


SOME_OF_ALL: tuple[Fault, ...] = (
    Fault(status=429),
    Fault(status=429, retry_after="0"),
    Fault(status=500),
    Fault(status=502),
    Fault(status=503, retry_after="0"),
    Fault(status=504),
    Fault(kind="drop"),
    Fault(kind="cut"),
    Fault(kind="login"),
    Fault(kind="short"),
)


@dataclass(slots=True)
class _Rule:
    path: re.Pattern[str]
    fault: Fault
    left: int | None


class Faults:
    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._draw: Callable[[], Fault | None] = lambda: None

    def on(self, path: str, fault: Fault, *, times: int | None = 1) -> None:
        """Queue a fault for the next requests whose path, below the API base and with its query,
        matches the regular expression ``path``; None: from now on."""
        self._rules.append(_Rule(re.compile(path), fault, times))

    def seed(
        self, source: random.Random, share: float, among: tuple[Fault, ...] = SOME_OF_ALL
    ) -> None:
        """Let about ``share`` of all requests (0 to 1) fail."""
        self._draw = lambda: source.choice(among) if source.random() < share else None

    def clear(self) -> None:
        self._rules.clear()
        self._draw = lambda: None

    def take(self, path: str) -> Fault | None:
        for rule in self._rules:
            if rule.left != 0 and rule.path.search(path):
                if rule.left is not None:
                    rule.left -= 1
                return rule.fault
        return self._draw()
