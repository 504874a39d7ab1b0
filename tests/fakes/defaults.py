"""Parts of the bot with their default settings, as production passes them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from footnote_bot.bot.answering import answerer
from footnote_bot.bot.answering.llm import prompt
from footnote_bot.bot.answering.retrieval import recheck
from footnote_bot.bot.answering.retrieval.rereading import Split
from footnote_bot.config.settings import Settings
from footnote_bot.indexers.model import SyncReport
from footnote_bot.indexers.ports import LiveWiki
from footnote_bot.indexers.syncing import sync as syncing

DEFAULTS = Settings()
PATIENT = 240.0
"""Seconds. A machine that is slow for a moment must not decide a test."""


def attempted_sync(
    *parts: Any,
    max_removal: float = DEFAULTS.sync.max_removal,
    allow_mass_removal: bool = False,
    **options: Any,
) -> SyncReport:
    """Return the report of a sync, which may hold an error."""
    limit = syncing.RemovalLimit(max_removal, allow_mass_removal)
    return syncing.sync(*parts, limit=limit, **options)


def sync(*parts: Any, **options: Any) -> SyncReport:
    """Return the report of a sync, or raise its error."""
    report = attempted_sync(*parts, **options)
    if report.error:
        raise report.error
    return report


@dataclass(frozen=True, slots=True)
class Answerer(answerer.Answerer):
    max_characters: int = DEFAULTS.answer.max_characters


@dataclass(frozen=True, slots=True)
class Prompting(prompt.Prompting):
    budget: int = DEFAULTS.llm.context_tokens
    today: Callable[[], date] = lambda: date(2026, 11, 24)


class Recheck(recheck.Recheck):
    def __init__(
        self,
        live_wikis: Mapping[str, LiveWiki],
        last_pass: Callable[[str], datetime | None],
        split: Split,
        *,
        seconds: float = PATIENT,
        **options: Any,
    ) -> None:
        super().__init__(live_wikis, last_pass, split, seconds=seconds, **options)
