"""Flags as rows for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from footnote_bot.bot.conversation.model import RecordedAnswer
from footnote_bot.bot.flags.model import UNSETTLED, Flag, FlagState, Step, question_of
from footnote_bot.bot.flags.ports import KeptVerdicts
from footnote_bot.bot.model import NoAnswer


def listed(verdicts: KeptVerdicts, *, everything: bool) -> list[dict[str, Any]]:
    """Return the unsettled flags, or all, oldest first, as rows for the command line."""
    flags = verdicts.flags() if everything else verdicts.flags(*UNSETTLED)
    return [_row(flag, verdicts) for flag in flags]


def _row(flag: Flag, verdicts: KeptVerdicts) -> dict[str, Any]:
    answer = flag.recorded.answer
    sources = () if isinstance(answer, NoAnswer) else answer.sources
    return {
        "id": flag.id,
        "state": flag.state.value,
        "reason": flag.complaint.words,
        "comment": flag.comment,
        "person": flag.person,
        "question": question_of(flag.recorded),
        "answer": answer.text,
        "sources": [source.url for source in sources],
        "asked": flag.recorded.answered.isoformat(),
        "holder": flag.holder,
        "owner": flag.owner,
        "again": flag.again.text if flag.again else "",
        "history": [
            {"deed": step.action.value, "person": step.person, "at": step.when.isoformat()}
            for step in verdicts.steps(flag.id)
        ],
    }


class NoVerdicts:
    """A `KeptVerdicts` that holds none, for the command line, which may have no database."""

    def flags(self, *states: FlagState) -> Sequence[Flag]:  # noqa: ARG002 - the port's
        return ()

    def steps(self, flag: int) -> Sequence[Step]:  # noqa: ARG002 - the port's
        return ()

    def praised(self) -> Sequence[RecordedAnswer]:
        return ()

    def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:  # noqa: ARG002 - the port's
        return ()
