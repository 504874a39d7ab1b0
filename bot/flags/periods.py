"""The time spans that flags follow. A new one is set in `config`, added here, and used where it
counts: every part of flags gets them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self


class FlagSettings(Protocol):
    """The settings of the chat's section that flags follow; 0 turns one off."""

    @property
    def remind_after_days(self) -> float: ...

    @property
    def retract_days(self) -> float: ...


class WritingSettings(Protocol):
    """The settings of ``[answer]`` that written answers follow."""

    @property
    def written_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FlagPeriods:
    """The time spans. A reminder follows if nobody acts on a flag for ``remind_after`` (zero:
    never). An answer is retracted if it was given within ``retracted_within`` (zero: never). A
    written answer is valid for ``written_holds``, unless its author says otherwise."""

    remind_after: timedelta
    retracted_within: timedelta
    written_holds: timedelta

    @classmethod
    def of(cls, flags: FlagSettings, writing: WritingSettings) -> Self:
        return cls(
            remind_after=timedelta(days=flags.remind_after_days),
            retracted_within=timedelta(days=flags.retract_days),
            written_holds=timedelta(days=writing.written_days),
        )
