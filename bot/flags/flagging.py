"""Composition of the flags from their chat and their stores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from footnote_bot.bot.conversation.ports import AuditTrail, Locks
from footnote_bot.bot.conversation.posting import Redrawing
from footnote_bot.bot.flags.announcing import Announcements
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.maintenance import Maintenance, Passes
from footnote_bot.bot.flags.model import FlagPeriods
from footnote_bot.bot.flags.ports import (
    CitedPages,
    FlagChat,
    FlagDirectory,
    WrittenAnswers,
)
from footnote_bot.bot.flags.review_channels import ReviewChannels
from footnote_bot.bot.flags.reviewing import Reviewing
from footnote_bot.bot.flags.service import FlagService
from footnote_bot.bot.flags.verdicts import Verdicts
from footnote_bot.bot.ports import Answering, Library


class FlagStores(Protocol):
    """The stores that flags need."""

    cited: CitedPages
    written: WrittenAnswers
    passes: Passes
    locks: Locks
    audit: AuditTrail


@dataclass(frozen=True, slots=True)
class Flagging:
    """The entry points of flags: people's verdicts, reviewers' work, and background work."""

    service: FlagService
    verdicts: Verdicts
    reviewing: Reviewing
    announcements: Announcements
    maintenance: Maintenance


def flagging_of(  # noqa: PLR0913 - the ports and the settings
    *,
    feedback: Feedback,
    stores: FlagStores,
    answering: Answering,
    library: Library,
    directory: FlagDirectory,
    chat: FlagChat,
    channels: ReviewChannels,
    redrawing: Redrawing,
    post_digest: Callable[[], Awaitable[None]],
    executor: Executor,
    clock: Callable[[], datetime],
    every: float,
    periods: FlagPeriods,
) -> Flagging:
    """Compose the flags. ``every``: seconds between two rounds of maintenance."""
    written, locks = stores.written, stores.locks
    service = FlagService(
        feedback=feedback,
        answering=answering,
        library=library,
        directory=directory,
        chat=chat,
        executor=executor,
        channels=channels,
        locks=locks,
        audit=stores.audit,
    )
    announcements = Announcements(
        written=written,
        channels=channels,
        directory=directory,
        library=library,
        chat=chat,
        executor=executor,
        locks=locks,
        process_due=service.process_due,
        clock=clock,
        periods=periods,
    )
    reviewing = Reviewing(
        service=service,
        feedback=feedback,
        written=written,
        library=library,
        directory=directory,
        chat=chat,
        clock=clock,
        announce=announcements.announce,
    )
    maintenance = Maintenance(
        cited=stores.cited,
        written=written,
        passes=stores.passes,
        library=library,
        feedback=feedback,
        service=service,
        directory=directory,
        chat=chat,
        redrawing=redrawing,
        post_digest=post_digest,
        announcements=announcements,
        clock=clock,
        every=every,
        periods=periods,
        locks=locks,
    )
    verdicts = Verdicts(feedback, service, directory, chat, redrawing)
    return Flagging(service, verdicts, reviewing, announcements, maintenance)
