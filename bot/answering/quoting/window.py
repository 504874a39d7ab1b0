"""A unit of a passage that may answer, and how far it is behind the best one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

TIE = 0.15
"""Units at most this far apart answer equally well. With .25, the answering unit of everyday
questions comes first less often."""


@dataclass(frozen=True, slots=True)
class Window:
    """A unit that may answer. ``behind`` is its distance from the best one, which has 0. Units that
    are too far behind for `bot.answering.quoting.cutting` to show are about something else."""

    place: int
    behind: float
    read: float | None = None
    """The cross-encoder's score, a logit; None if it did not read the unit."""
    elsewhere: bool = False
    """Whether it is a row about another thing than the question: band 5, if it asks about band
    7."""


def moved_back(
    windows: Sequence[Window], others: Sequence[Window], distance: float
) -> list[Window]:
    """Return the windows with ``others`` of them moved back by ``distance``."""
    moved = [
        replace(window, behind=window.behind + distance * (window in others)) for window in windows
    ]
    least = min(window.behind for window in moved)
    return best_first([replace(window, behind=window.behind - least) for window in moved])


def best_first(windows: Iterable[Window]) -> list[Window]:
    """Sort windows, the best first. Units that answer equally well keep the order of the page."""
    return sorted(
        windows,
        key=lambda window: (
            window.behind > TIE,
            window.behind * (window.behind > TIE),
            window.place,
        ),
    )
