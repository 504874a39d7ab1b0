"""All that sees to flags, put together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.ports import Locks
from bot.conversation.redrawing import Redrawing
from bot.flags.announcing import Announcements
from bot.flags.feedback import Feedback
from bot.flags.insights import Insights
from bot.flags.maintenance import Upkeep
from bot.flags.owners import Owners
from bot.flags.publishing import Published
from bot.flags.reminders import Reminders
from bot.flags.retraction import Retraction
from bot.flags.review import Review
from bot.flags.review_channels import ReviewChannels
from bot.flags.reviewing import Reviewing
from bot.flags.service import Desk
from bot.flags.verdicts import Verdicts
from bot.ports import Answering, Library
from bot.slack.calling.web import Voice
from bot.slack.flags.cards import Allowed
from bot.slack.overview.digesting import Digests
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import People
from bot.slack.rights.readers import Readers
from bot.slack.rights.viewers import Viewers
from bot.slack.settings import SlackSettings
from bot.state.answers import DatabaseAnswers
from bot.state.channels import DatabaseChannels
from bot.state.cited_pages import DatabaseCitedPages
from bot.state.database import Database
from bot.state.digests import DatabaseDigests
from bot.state.pass_log import DatabasePassLog
from bot.state.process import Process
from bot.state.sync_locks import DatabaseSyncLocks
from bot.state.written import DatabaseWrittenAnswers


@dataclass(frozen=True, slots=True)
class Flagging:
    """``verdicts`` and ``reviewing`` take what people press; ``upkeep`` runs by itself; all
    of them go to the ``desk``."""

    desk: Desk
    verdicts: Verdicts
    reviewing: Reviewing
    announcements: Announcements
    upkeep: Upkeep


def flagging_of(
    settings: SlackSettings,
    *,
    feedback: Feedback,
    state: Database,
    answering: Answering,
    library: Library,
    insights: Insights,
    channels: Channels,
    people: People,
    readers: Readers,
    chosen: DatabaseChannels,
    viewers: Viewers,
    redrawing: Redrawing,
    voice: Voice,
    executor: Executor,
    clock: Callable[[], datetime],
    every: float,
    process: Process,
    locks: Locks,
) -> Flagging:
    review = Review(DatabaseAnswers(state), clock)
    watched, written = DatabaseCitedPages(state), DatabaseWrittenAnswers(state)
    review_channels = ReviewChannels(settings.review_channel, settings.review_channels, chosen)
    links = settings.link_origins
    desk = Desk(
        feedback=feedback,
        review=review,
        answering=answering,
        library=library,
        people=people,
        owners=Owners(people, library),
        voice=voice,
        executor=executor,
        clock=clock,
        allowed=Allowed(links, links | settings.edit_origins),
        channels=review_channels,
        readers=readers,
        viewers=viewers,
        locks=locks,
    )
    digests = Digests(
        weekly=settings.digest,
        channel=settings.review_channel,
        kept=DatabaseDigests(state, process),
        insights=insights,
        feedback=feedback,
        channels=channels,
        readers=readers,
        voice=voice,
        executor=executor,
        clock=clock,
        origins=links,
    )
    published = Published(written, settings.operators_channels)
    announcements = Announcements(
        written=written,
        published=published,
        channels=review_channels,
        people=people,
        readers=readers,
        library=library,
        voice=voice,
        executor=executor,
        locks=locks,
        attend=desk.attend,
        clock=clock,
        origins=links,
        retracted_within=settings.retracted_within,
    )
    reviewing = Reviewing(
        desk,
        review,
        written,
        library,
        people,
        voice,
        clock,
        settings.written_holds,
        announcements.announce,
    )
    return Flagging(
        desk,
        Verdicts(feedback, desk, people, viewers, voice, redrawing),
        reviewing,
        announcements,
        Upkeep(
            watched=watched,
            written=written,
            passes=DatabasePassLog(state, clock),
            library=library,
            review=review,
            desk=desk,
            people=people,
            readers=readers,
            retraction=Retraction(watched, voice, redrawing, clock),
            reminders=Reminders(review, voice, desk, settings.remind_after),
            digests=digests,
            announcements=announcements,
            published=published,
            clock=clock,
            every=every,
            retracted_within=settings.retracted_within,
            alone=DatabaseSyncLocks(state, process),
        ),
    )
