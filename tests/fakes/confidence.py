"""Curves that are sure of every section, or of none."""

from __future__ import annotations

from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve


def always(logit: float) -> Confidence:
    """Return a confidence with the same chance for every section."""
    curve = Curve(logit, 0.0, 0.0, 0.0)
    return Confidence(read=curve, unread=curve)


SURE = always(9.0)
NEAREST = always(-1.0)
"""Not sure of any section, but near enough to name it."""
UNSURE = always(-99.0)
BY_WORDS = Confidence(unread=Curve(-5.0, 0.0, 10.0, 0.0))
"""Sure of a section with all words of the question."""
