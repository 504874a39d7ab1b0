"""Reactions that are verdicts. Pure."""

from __future__ import annotations

from bot.flags.model import Verdict

_GOOD = {
    "+1", "thumbsup", "white_check_mark", "heavy_check_mark", "ballot_box_with_check", "ok_hand",
    "100", "clap",
}  # fmt: skip
_BAD = {
    "-1", "thumbsdown", "x", "negative_squared_cross_mark", "heavy_multiplication_x", "no_good",
    "no_entry", "no_entry_sign",
}  # fmt: skip


def verdict_of(reaction: str) -> Verdict | None:
    """Return the verdict of a reaction by its name, as in ``+1::skin-tone-3``; None: it judges
    nothing."""
    name = reaction.partition("::")[0]
    if name in _GOOD:
        return Verdict.GOOD
    return Verdict.BAD if name in _BAD else None
