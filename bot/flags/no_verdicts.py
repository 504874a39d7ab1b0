"""The feedback if there is no database."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.model import RecordedAnswer
from bot.flags.model import Flag, FlagState, Step


class NoVerdicts:
    """A `KeptVerdicts` that holds none."""

    def flag(self, id_: int) -> Flag | None:  # noqa: ARG002 - the port's
        return None

    def flags(self, *states: FlagState) -> Sequence[Flag]:  # noqa: ARG002 - the port's
        return ()

    def steps(self, flag: int) -> Sequence[Step]:  # noqa: ARG002 - the port's
        return ()

    def praised(self) -> Sequence[RecordedAnswer]:
        return ()

    def earlier(self, recorded: RecordedAnswer) -> Sequence[RecordedAnswer]:  # noqa: ARG002 - the port's
        return ()
