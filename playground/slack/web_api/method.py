"""A Web API method and its arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Channel, Json


class Arguments(Mapping[str, Any]):
    """Arguments from JSON, form or query. A form has only strings, so numbers, flags and structures
    are parsed on access."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str) -> str:
        """Return a text; empty if it is missing."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise Refusal("invalid_arguments", [f"must be a string [json-pointer:/{name}]"])
        return value or ""

    def needed(self, name: str) -> str:
        """Return a required text.

        Raises:
            Refusal: ``invalid_arguments`` if it is not there or empty.
        """
        if not (value := self.text(name)):
            raise Refusal("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._values.get(name, default)
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self._values.get(name) or default)
        except (TypeError, ValueError):
            raise Refusal("invalid_arguments", [f"must be a number: {name}"]) from None

    def structure(self, name: str, *, error: str = "invalid_arguments") -> Any:
        """Return a list or object, which forms carry as JSON; None if it is missing."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            return value or None if isinstance(value, str) else value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(error) from None


Handler = Callable[[Core, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method. ``scopes``: any one of them is enough. ``tier`` 0: the method has a limit of its
    own or none; ``kind`` is the kind of token that it takes."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    tier: int = 3
    kind: Literal["bot", "app"] = "bot"


READ_SCOPES = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
HISTORY_SCOPES = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}


def require_scope(slack: Core, *needed: str) -> None:
    """Check the scope.

    Raises:
        Refusal: ``missing_scope`` unless the manifest has one of ``needed``.
    """
    if needed and not slack.manifest.scopes.intersection(needed):
        raise Refusal(
            "missing_scope",
            needed=",".join(needed),
            provided=",".join(sorted(slack.manifest.scopes)),
        )


def channel_with_scope(slack: Core, channel: str, scopes: Mapping[str, str]) -> Channel:
    """Return the channel, if the app's scopes reach its kind.

    Raises:
        Refusal: ``channel_not_found``, ``missing_scope``.
    """
    place = slack.channel_for_bot(channel)
    require_scope(slack, scopes.get(place.kind, scopes["im"].replace("im:", "mpim:")))
    return place


def page(items: list[Json], arguments: Arguments, *, default: int) -> tuple[list[Json], Json]:
    """Return one page of ``items`` and the fields of the response that lead to the next.

    Raises:
        Refusal: ``invalid_cursor``, ``invalid_limit``.
    """
    limit = arguments.number("limit", default)
    if not 1 <= limit <= 1_000:
        raise Refusal("invalid_limit")
    cursor = arguments.text("cursor")
    if cursor and not cursor.removeprefix("next:").isdigit():
        raise Refusal("invalid_cursor")
    start = int(cursor.removeprefix("next:") or 0)
    following = f"next:{start + limit}" if start + limit < len(items) else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": following}}
