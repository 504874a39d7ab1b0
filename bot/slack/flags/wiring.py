"""Composition of the flags."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.ports import ChannelSettingsStore, Locks
from bot.conversation.redrawing import Redrawing
from bot.flags.announcing import Announcements
from bot.flags.feedback import Feedback
from bot.flags.insights import Insights
from bot.flags.maintenance import Maintenance
from bot.flags.owners import Owners
from bot.flags.publishing import Published
from bot.flags.reminders import Reminders
from bot.flags.retraction import Retraction
from bot.flags.review import Review
from bot.flags.review_channels import ReviewChannels
from bot.flags.reviewing import Reviewing
from bot.flags.service import FlagService
from bot.flags.verdicts import Verdicts
from bot.ports import Answering, Library
from bot.slack.api.slack_api import SlackApi
from bot.slack.flags.cards import Allowed
from bot.slack.flags.flag_chat import FlagRenderer, SlackFlagChat
from bot.slack.flags.pressing import FlagPresses
from bot.slack.home.digesting import Digests
from bot.slack.rendering.content import Renderer
from bot.slack.rights.slack_directory import SlackDirectory
from bot.slack.settings import SlackOptions
from bot.state.answers import DatabaseAnswers
from bot.state.cited_pages import DatabaseCitedPages
from bot.state.database import Database
from bot.state.digests import DatabaseDigests
from bot.state.in_threads import (
    AsyncAnswers,
    AsyncCitedPages,
    AsyncDigests,
    AsyncPassLog,
    AsyncWrittenAnswers,
)
from bot.state.pass_log import DatabasePassLog
from bot.state.process import Process
from bot.state.written import DatabaseWrittenAnswers


@dataclass(frozen=True, slots=True)
class Flagging:
    """The entry points of flags. ``presses`` handle clicks; ``maintenance`` runs in the background;
    both use the ``service``."""

    service: FlagService
    presses: FlagPresses
    maintenance: Maintenance


def flagging_of(
    settings: SlackOptions,
    *,
    feedback: Feedback,
    state: Database,
    answering: Answering,
    library: Library,
    insights: Insights,
    directory: SlackDirectory,
    chosen: ChannelSettingsStore,
    redrawing: Redrawing,
    api: SlackApi,
    renderer: Renderer,
    executor: Executor,
    clock: Callable[[], datetime],
    every: float,
    process: Process,
    locks: Locks,
) -> Flagging:
    review = Review(AsyncAnswers(DatabaseAnswers(state)), clock)
    cited = AsyncCitedPages(DatabaseCitedPages(state))
    written = AsyncWrittenAnswers(DatabaseWrittenAnswers(state))
    channels = ReviewChannels(settings.review_channel, settings.review_channels, chosen)
    links = settings.link_origins
    allowed = Allowed(links, links | settings.edit_origins)
    chat = SlackFlagChat(api, FlagRenderer(renderer, allowed, clock), directory.viewers)
    service = FlagService(
        feedback=feedback,
        review=review,
        answering=answering,
        library=library,
        directory=directory,
        owners=Owners(directory, library),
        chat=chat,
        executor=executor,
        channels=channels,
        locks=locks,
    )
    digests = Digests(
        weekly=settings.digest,
        channel=settings.review_channel,
        kept=AsyncDigests(DatabaseDigests(state, process)),
        insights=insights,
        feedback=feedback,
        channels=directory.channels,
        readers=directory.readers,
        api=api,
        clock=clock,
        origins=links,
    )
    published = Published(written.store, settings.operators_channels)
    announcements = Announcements(
        written=written,
        published=published,
        channels=channels,
        directory=directory,
        library=library,
        chat=chat,
        executor=executor,
        locks=locks,
        process_due=service.process_due,
        clock=clock,
        retracted_within=settings.retracted_within,
    )
    reviewing = Reviewing(
        service=service,
        review=review,
        written=written,
        library=library,
        directory=directory,
        chat=chat,
        clock=clock,
        holds_for=settings.written_holds,
        announce=announcements.announce,
    )
    verdicts = Verdicts(feedback, service, directory, chat, redrawing)
    maintenance = Maintenance(
        cited=cited,
        written=written,
        passes=AsyncPassLog(DatabasePassLog(state, clock)),
        library=library,
        review=review,
        service=service,
        directory=directory,
        retraction=Retraction(cited, chat, redrawing, clock),
        reminders=Reminders(review, chat, service, settings.remind_after),
        post_digest=digests.post,
        announcements=announcements,
        published=published,
        clock=clock,
        every=every,
        retracted_within=settings.retracted_within,
        locks=locks,
    )
    return Flagging(service, FlagPresses(verdicts, reviewing, announcements, api), maintenance)
