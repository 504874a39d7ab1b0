"""Composition of the Slack adapter: the same for production and tests, with other parts."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering.composing.words import roots
from bot.conversation.model import IncomingMessage
from bot.conversation.queue import WaitingLine
from bot.conversation.receiving import Receiving
from bot.conversation.waiting_room import WaitingRoom
from bot.conversation.workers import Workers
from bot.errors import StateUnavailable
from bot.flags.feedback import Feedback
from bot.flags.insights import Insights
from bot.operations.ports import Operating, Reindexing
from bot.ports import Answering, Library
from bot.slack import listeners
from bot.slack.api.slack_api import SlackApi, web_client
from bot.slack.chat.wiring import conversing_of
from bot.slack.commands.access import AccessCommand
from bot.slack.commands.channel_form import LanguageChoices
from bot.slack.commands.channel_settings import ChannelForms
from bot.slack.commands.flags import Flags
from bot.slack.commands.forget import CONFIRM, Forget
from bot.slack.commands.gaps import Gaps
from bot.slack.commands.reindex import Reindex
from bot.slack.commands.router import Commands
from bot.slack.commands.status import Status as StatusCommand
from bot.slack.environment import Environment
from bot.slack.events.handling import Failures, Handler
from bot.slack.events.parsing import Identity
from bot.slack.flags.wiring import flagging_of
from bot.slack.home.home import Home
from bot.slack.reindexing import reports
from bot.slack.reindexing.reindexer import Reindexer
from bot.slack.rights.directory import MemberList
from bot.slack.rights.people import SlackPeople
from bot.slack.running import SlackApp
from bot.slack.settings import SlackOptions
from bot.state.answers import DatabaseAnswers
from bot.state.database import Database
from bot.state.figures import DatabaseFigures
from bot.state.forgetting import forget_before
from bot.state.in_threads import AsyncAnswers, AsyncFigures, AsyncInbox, AsyncJobs
from bot.state.inbox import DatabaseInbox
from bot.state.job_log import DatabaseJobs
from bot.state.process import Process
from bot.state.shared_locks import SharedLocks
from bot.state.spool import Spool
from bot.state.sync_locks import DatabaseSyncLocks
from indexers.model import addressed


def build_app(  # noqa: PLR0913 - everything that the Slack side is made of
    settings: SlackOptions,
    me: Identity,
    *,
    answering: Answering,
    reindexing: Reindexing,
    operating: Operating,
    library: Library,
    tokens: Callable[[str], frozenset[str]] = addressed,
    state: Database,
    process: Process,
    env: Environment | None = None,
) -> SlackApp:
    """Compose the app. ``me`` comes from `bot.slack.serve.sign_in`; ``tokens`` returns what the
    person with an address holds in the wikis; ``process`` is this process among those that share
    ``state``, and is started. Nothing runs before `start`."""
    env = env or Environment()
    api = SlackApi(web_client(settings.bot_token, settings.api_url), me.bot)
    client_without_retry = web_client(settings.bot_token, settings.api_url, patient=False)
    executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="answering")
    inbox = AsyncInbox(DatabaseInbox(state, env.clock, process))
    feedback = Feedback(AsyncAnswers(DatabaseAnswers(state)), env.clock, library.page)
    insights = Insights(
        feedback=feedback,
        figures=AsyncFigures(DatabaseFigures(state)),
        operating=operating,
        library=library,
        roots=roots,
        executor=executor,
        clock=env.clock,
        stale_after=settings.stale_after,
    )
    people = SlackPeople(
        client=api.client,
        directory=MemberList(client=api.client, team=me.team, clock=env.seconds),
        team=me.team,
        guests=settings.guests,
        shared_channels=settings.shared_channels,
        admins=settings.admins,
        accounts=settings.accounts,
        clock=env.seconds,
        tokens=tokens,
    )
    locks = SharedLocks(DatabaseSyncLocks(state, process))
    conversing = conversing_of(
        settings,
        me,
        inbox=inbox,
        feedback=feedback,
        state=state,
        answering=answering,
        people=people,
        api=api,
        client_without_retry=client_without_retry,
        executor=executor,
        locks=locks,
        env=env,
    )
    status, replies = conversing.status, conversing.replies
    workers = Workers(
        replies.reply,
        limit=settings.workers,
        is_next=partial(_is_next, inbox),
        begin=replies.expect,
    )
    queue = WaitingLine(workers.waiting, status, clock=env.seconds, long=settings.long_wait)
    reindexer = Reindexer(
        reindexing,
        AsyncJobs(DatabaseJobs(state, env.clock, process)),
        people,
        api,
        edit_every=settings.edit_every,
        clock=env.seconds,
        new_incident=env.new_incident,
    )
    flagging = flagging_of(
        settings,
        feedback=feedback,
        state=state,
        answering=answering,
        library=library,
        insights=insights,
        directory=conversing.directory,
        chosen=conversing.settings,
        redrawing=conversing.redrawing,
        api=api,
        renderer=conversing.chat.renderer,
        executor=executor,
        clock=env.clock,
        every=env.maintenance_every,
        process=process,
        locks=locks,
    )
    home = Home(
        people=people,
        feedback=feedback,
        insights=insights,
        operating=operating,
        prompts=conversing.prompts,
        api=api,
        clock=env.clock,
        new_incident=env.new_incident,
        origins=settings.link_origins,
    )
    forms = ChannelForms(
        team=me.team,
        people=people,
        channels=conversing.channels,
        settings=conversing.settings,
        wikis=reindexing.wikis,
        languages=LanguageChoices(settings.languages, composed=settings.streaming),
        api=api,
    )
    forget = Forget(state, feedback, people, api, flagging.service.process_due, home.show)
    bolt = _bolt(settings, me)
    failures = Failures(api, env.new_incident)
    spool = Spool(settings.spool) if settings.spool else None
    waiting_room = WaitingRoom(
        spool,
        conversing.filter_,
        workers,
        conversing.chat,
        every=env.adopt_every / 2,
        long=settings.long_wait,
    )
    listeners.keep_questions(bolt, me, Receiving(conversing.filter_, workers, waiting_room))
    subcommands = [
        StatusCommand(people, operating).subcommand,
        Reindex(reindexing, reindexer).subcommand,
        Flags(feedback, api, env.clock).subcommand,
        AccessCommand(people, operating).subcommand,
        Gaps(insights, env.clock, settings.link_origins).subcommand,
        forms.subcommand,
        forget.subcommand,
    ]
    buttons: dict[str | re.Pattern[str], Handler] = {
        reports.CANCEL: reindexer.cancelled,
        CONFIRM: forget.confirmed,
        **conversing.buttons(workers),
    }
    listeners.converse(
        bolt,
        failures,
        moved=conversing.readers.moved,
        opened=conversing.opened,
        at_home=home.opened,
        stopped=conversing.stopped(workers),
        set_up=forms.sent,
    )
    listeners.listen(bolt, flagging.presses, Commands(people, subcommands), buttons, failures)
    return SlackApp(
        bolt=bolt,
        inbox=inbox,
        workers=workers,
        waiting_room=waiting_room,
        reindexer=reindexer,
        queue=queue,
        clients=(api.client, client_without_retry),
        executor=executor,
        forgetting=partial(_forget, state, spool, lambda: env.clock() - settings.retention),
        adopt_every=env.adopt_every,
        maintenance=flagging.maintenance,
        failures=failures,
    )


async def _is_next(inbox: AsyncInbox, message: IncomingMessage) -> bool:
    try:
        return await inbox.is_next(message)
    except StateUnavailable:
        return True  # The claim will log it and try again.


def _forget(state: Database, spool: Spool | None, before: Callable[[], datetime]) -> int:
    """Delete what is older than the retention time, from database and files, and return how
    much."""
    when = before()
    return forget_before(state, when) + (spool.forget_before(when) if spool else 0)


def _bolt(settings: SlackOptions, me: Identity) -> AsyncApp:
    """Return Bolt's app with our identity, so that no event waits for, or is lost to, an
    auth.test."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=me.team,
            bot_user_id=me.user,
            bot_id=me.bot,
            bot_token=settings.bot_token,
        )

    # Its warnings are about tokens in the environment, which are passed explicitly here.
    bolt_logger = logging.getLogger(f"{__name__}.bolt")
    bolt_logger.setLevel(logging.ERROR)
    return AsyncApp(
        name="footnote",
        logger=bolt_logger,
        signing_secret=settings.signing_secret,
        client=AsyncWebClient(base_url=settings.api_url, logger=bolt_logger),
        authorize=authorize,
    )
