"""Footnote answers questions from a team's wikis. `Footnote` is the door for other applications.

In the repository the four folders are links to those beside this one; installed, they lie here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote_bot.bot.footnote import Footnote

__all__ = ["Footnote"]


def __getattr__(name: str) -> object:
    if name != "Footnote":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from footnote_bot.bot.footnote import Footnote  # slow: commands that need no index start sooner

    return Footnote
