"""Figures, gaps and stale pages in words, for the commands, the Home tab and the digest. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from bot.flags.gaps import Gap
from bot.flags.model import Often, Volume
from bot.slack.rendering.blocks import ago, source_line
from bot.slack.rendering.mrkdwn import literal
from indexers.text.counting import counted
from indexers.text.prose import plain

_QUESTION_SHOWN = 300


def volume(figures: Volume) -> str:
    parts = [counted(figures.questions, "question")]
    if figures.answered_share is not None:
        parts.append(f"{figures.answered_share:.0%} answered")
    if figures.bad_share is not None:
        parts.append(f":-1: {figures.bad_share:.0%} of {counted(figures.verdicts, 'verdict')}")
    return ", ".join(parts)


def question(text: str) -> str:
    """Return the question on one line, inert; never empty."""
    words = " ".join(plain(text).split()) or " ".join(text.split())
    cut = words if len(words) <= _QUESTION_SHOWN else f"{words[: _QUESTION_SHOWN - 1]}\u2026"
    return literal(cut).strip() or "\u2026"


def asked(gap: Gap, today: date) -> str:
    times = f"{len(gap.asked)} times, last " if gap.asked[1:] else ""
    return f"Asked {times}{ago(gap.latest.answered.date(), today)}"


def kept_private(number: int) -> str:
    return f"And {counted(number, 'question')} asked in private, which I show to nobody."


def stale(one: Often, origins: Container[str], today: date) -> str:
    """Return a stale page. Its age is shown even if the settings call no page old."""
    return f"{source_line(one.source, origins, today)} \u00b7 in {counted(one.times, 'answer')}"
