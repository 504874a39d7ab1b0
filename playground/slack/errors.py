"""Refusals of the local Slack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """A refusal by a Web API method: ``error`` is Slack's word for it.

    ``problems`` are the details that Slack puts into ``response_metadata``;
    ``extra`` are further fields of the answer, such as ``needed``.
    """

    def __init__(self, error: str, problems: Sequence[str] = (), **extra: Any) -> None:
        super().__init__(error, *problems)
        self.error = error
        self.problems = tuple(problems)
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.problems:
            answer["errors"] = list(self.problems)
            answer["response_metadata"] = {"messages": [f"[ERROR] {p}" for p in self.problems]}
        return answer


class CannotAct(Exception):
    """A person tries something that Slack's window does not allow: press a button that is not
    there, submit an empty required field, write where they are no member. It is a mistake in the
    test, so the message lists what there was instead."""
