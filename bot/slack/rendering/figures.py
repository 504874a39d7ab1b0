"""Figures, gaps and stale pages in words, for the commands, the Home tab and the digest. Pure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from footnote_bot.bot.flags.insights import Gap
from footnote_bot.bot.flags.model import Often, Volume
from footnote_bot.bot.slack.rendering.blocks import ago, source_line
from footnote_bot.bot.slack.rendering.mrkdwn import literal
from footnote_bot.bot.slack.texts import home as texts
from footnote_bot.indexers.text.prose import plain

_QUESTION_SHOWN = 300


def volume(figures: Volume) -> str:
    """Return how many questions were answered and flagged, in one line."""
    parts = [texts.answered(figures.answered, figures.questions)]
    if figures.nearest:
        parts.append(texts.shown_nearest(figures.nearest))
    if figures.silent:
        parts.append(texts.shown_none(figures.silent))
    if figures.bad_share is not None:
        parts.append(texts.flagged_share(figures.bad_share, figures.verdicts))
    return "; ".join(parts)


def question(text: str) -> str:
    """Return the question on one line, inert; never empty."""
    words = " ".join(plain(text).split()) or " ".join(text.split())
    cut = words if len(words) <= _QUESTION_SHOWN else f"{words[: _QUESTION_SHOWN - 1]}\u2026"
    return literal(cut).strip() or "\u2026"


def asked(gap: Gap, today: date) -> str:
    """Return how often a question was asked, and when."""
    last, times = ago(gap.latest.answered.date(), today), len(gap.asked)
    return texts.asked_often(times, last) if times > 1 else texts.asked(last)


def stale(page: Often, origins: Container[str], today: date) -> str:
    """Return the line of a stale page: its link, its age and the number of answers that cite it."""
    return texts.in_answers(source_line(page.source, origins, today), page.times)
