"""The composition root of `footnote serve`: settings -> a bot in Slack."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial

from bot.answering.answerer import Answerer
from bot.answering.composing.words import roots
from bot.answering.latest import Latest
from bot.answering.several import Several
from bot.answering.tracing import traced
from bot.app import App
from bot.background import in_own_thread
from bot.conversation.choices import Choices
from bot.conversation.conversation import conversation_of
from bot.conversation.incidents import new_incident
from bot.conversation.limits import ChangingLimits
from bot.conversation.message_filter import MessageFilter
from bot.conversation.prompts import Prompts
from bot.conversation.queue_status import QueueStatus
from bot.conversation.receiving import Receiving
from bot.conversation.stopping import Stopping
from bot.conversation.waiting_room import WaitingRoom
from bot.conversation.workers import Workers, next_in
from bot.flags.feedback import Feedback
from bot.flags.flagging import Flagging, flagging_of
from bot.flags.insights import STALE_AFTER, Insights
from bot.flags.publishing import Published
from bot.flags.review_channels import ReviewChannels
from bot.loading import warm_up
from bot.metrics.monitoring import metrics_of
from bot.operations import readiness, webhooks
from bot.operations.ports import Operating, Reindexing
from bot.operations.scheduler import Scheduler
from bot.operations.syncing import OneSyncAtATime, now
from bot.ports import Answering, Library
from bot.slack import listeners
from bot.slack.api.optional_calls import OptionalCalls
from bot.slack.api.slack_api import SlackApi, web_client
from bot.slack.api.status_line import SlackStatusLine
from bot.slack.chat import pressing
from bot.slack.chat.history import History
from bot.slack.chat.slack_chat import SlackChat
from bot.slack.chat.streaming import Streaming
from bot.slack.commands.asking import CommandQuestions
from bot.slack.commands.audit import Audit
from bot.slack.commands.channel_form import LanguageChoices
from bot.slack.commands.forget import CONFIRM, Forget
from bot.slack.commands.wiki import wiki_commands
from bot.slack.connection import SLACK_API, SlackConnection
from bot.slack.environment import Environment
from bot.slack.events.handling import Failures
from bot.slack.events.parsing import Identity, SlackText
from bot.slack.flags.cards import Allowed
from bot.slack.flags.flag_chat import FlagRenderer, SlackFlagChat
from bot.slack.flags.pressing import FlagPresses
from bot.slack.home.digesting import Digests
from bot.slack.home.home import Home
from bot.slack.home.weekly import Weekly
from bot.slack.monitoring import MetricsPage
from bot.slack.reindexing import reports
from bot.slack.reindexing.reindexer import Reindexer
from bot.slack.rendering import links
from bot.slack.rendering.content import Renderer
from bot.slack.rights.slack_directory import directory_of
from bot.slack.running import SlackApp
from bot.slack.serve import serve as serve_slack
from bot.state.database import Database
from bot.state.forgetting import forget_person, forgetting
from bot.state.gauges import state_counts
from bot.state.process import Process
from bot.state.spool import Spool
from bot.state.stores import Stores
from config.errors import SettingsError
from config.reloading import Reloading
from config.settings import Secrets, Settings
from config.slack import zone
from indexers.model import addressed

_TOKENS = "Slack is not connected (`footnote settings --slack` tells how)"

Sharing = Callable[[App], AbstractContextManager[None]]
"""Works for other commands with an app's parts, as long as it is held."""


def serve(settings: Settings, secrets: Secrets, sharing: Sharing, reloading: Reloading) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often. Meanwhile
    ``sharing`` works for other commands, and SIGHUP calls ``reloading``.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable, StateUnavailable: what must be kept cannot be opened.
    """
    if problems := secrets.slack_problems(settings.slack.mode):
        raise SettingsError(problems, _TOKENS)
    with App(settings, secrets) as app:
        serve_app(app, sharing=sharing, reloading=reloading)


def serve_app(
    app: App,
    answering: Callable[[Answerer], Answering] = Several,
    sharing: Sharing = lambda _: nullcontext(),
    ready: Callable[[], None] = lambda: None,
    reloading: Reloading | None = None,
) -> None:
    """Answer in Slack with the parts of ``app``, as `serve` does. ``answering`` makes what is asked
    of the answerer; ``ready`` is called once Slack can reach the bot.

    Raises:
        SlackMisconfigured, ModelMisconfigured, IndexUnavailable, StateUnavailable: see `serve`.
    """
    settings, secrets = app.settings, app.secrets
    parts, process = app.indexing, app.process
    parts.wikis.chosen()
    app.state.tell_outages()
    syncing = OneSyncAtATime(
        parts,
        app.pass_log(),
        locks=app.sync_locks(),
        gate=app.promotion_check(),
        running=app.one_sync,
    )
    app.last_pass = syncing.last_pass  # it knows without asking the database
    app.passed = syncing.passed
    counts, queries = partial(state_counts, app.state), app.queries
    metrics = metrics_of(counts, queries.status, settings.data_dir, now)
    app.model_observer = metrics.counters
    answers, limits = Latest(answering(app.answerer)), ChangingLimits.of(settings.slack)
    warm_up(parts)
    threading.Thread(target=parts.wikis.preload_members, name="preloading", daemon=True).start()
    tells_edits = any(wiki.recent for wiki in parts.wikis.values())
    scheduler = Scheduler(syncing, *settings.sync.intervals(edits=tells_edits))

    def follow(new: Settings) -> None:
        app.follow(new)
        answers.now = answering(app.answerer)
        limits.follow(new.slack)
        scheduler.reschedule(*new.sync.intervals(edits=tells_edits))

    if reloading:
        reloading.follow(follow)
    env = Environment(
        reload=reloading,
        stopping=scheduler.interrupt,
        question_limits=limits,
        new_incident=metrics.counters.counted(new_incident),
        observer=metrics.counters,
        metrics=MetricsPage(metrics.page, secrets.footnote_metrics_token.get_secret_value()),
        as_of=syncing.as_of,
        titles=app.answerer.open_titles,
        hooks=webhooks.hooks(secrets.variable("CONFLUENCE_WEBHOOK_SECRET"), scheduler.hint),
        checks=readiness.checks(process.beat, parts.index, [*parts.wikis], settings.data_dir),
    )
    with scheduler.running(), sharing(app), traced(settings.tracing.url):
        connection = connection_of(settings, secrets)
        parts_for = partial(
            SlackParts,
            settings,
            connection,
            env,
            answering=answers,
            reindexing=syncing,
            operating=queries,
            library=app.library,
            tokens=parts.wikis.tokens,
            state=app.state,
            process=process,
        )
        asyncio.run(
            serve_slack(connection, lambda me: parts_for(me).app(), env, ready=lambda _: ready())
        )


def connection_of(settings: Settings, secrets: Secrets) -> SlackConnection:
    slack, socket = settings.slack, settings.slack.mode == "socket"
    return SlackConnection(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value() if socket else "",
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=secrets.slack_api_url or SLACK_API,
        host=slack.listens_on,
        port=slack.port,
    )


class SlackParts:
    """The parts of the bot in Slack. ``me`` comes from `bot.slack.serve.sign_in`; ``tokens`` are
    what the person with an address holds in the wikis; ``process`` is this process among those that
    share ``state``, and is started. Nothing runs before `SlackApp.start`."""

    def __init__(  # noqa: PLR0913 - the ports of all that is not Slack
        self,
        settings: Settings,
        connection: SlackConnection,
        env: Environment,
        me: Identity,
        *,
        answering: Answering,
        reindexing: Reindexing,
        operating: Operating,
        library: Library,
        tokens: Callable[[str], frozenset[str]] = addressed,
        state: Database,
        process: Process,
    ) -> None:
        slack, clock, wikis = settings.slack, env.clock, settings.wiki
        self.settings, self.connection, self.env, self.me = settings, connection, env, me
        self.answering, self.reindexing, self.operating = answering, reindexing, operating
        self.library, self.state = library, state
        self.stores = Stores(state, process, clock, audits=settings.state.audit_days > 0)
        # Not in the pool that everything else waits in: Slack waits for these.
        self.quick_stores = Stores(state, process, clock, in_own_thread)
        self.links = links.origins(settings.linked)
        self.edits = self.links | links.origins(wiki.edited_at for wiki in wikis)
        self.api = SlackApi(web_client(connection.bot_token, connection.api_url), me.bot)
        self.without_retry = web_client(connection.bot_token, connection.api_url, patient=False)
        self.optional_calls = OptionalCalls(self.without_retry)
        self.executor = ThreadPoolExecutor(slack.workers, thread_name_prefix="answering")
        self.feedback = Feedback(self.stores.answers, clock, library.page)
        self.insights = Insights(
            feedback=self.feedback,
            figures=self.stores.figures,
            executor=self.executor,
            operating=operating,
            library=library,
            roots=roots,
            clock=clock,
            stale_after=timedelta(days=settings.answer.old_after_days) or STALE_AFTER,
        )
        self.directory = directory_of(
            self.api, slack, team=me.team, bot=me.user, tokens=tokens, clock=env.seconds
        )
        self.text, self.status = SlackText(me), SlackStatusLine(self.optional_calls)
        quick = SlackApi(self.without_retry, me.bot)
        streaming = Streaming(quick, self.optional_calls, env.edit_every)
        self.chat = SlackChat(
            api=self.api,
            renderer=Renderer(self.links, clock),
            history=History(self.text, self.api),
            viewers=self.directory.viewers,
            streaming=streaming if settings.llm.provider else None,
        )
        self.prompts = Prompts(
            directory=self.directory, answers=self.feedback, titles=env.titles, clock=env.seconds
        )
        self.conversation = conversation_of(
            name=me.name,
            team=me.team,
            stores=self.stores,
            answers=self.feedback,
            answering=answering,
            chat=self.chat,
            directory=self.directory,
            text=self.text,
            status=self.status,
            executor=self.executor,
            as_of=env.as_of,
            clock=clock,
            new_incident=env.new_incident,
            limits=env.question_limits or slack,
            first_pause=env.first_pause,
            observer=env.observer,
        )

    def app(self) -> SlackApp:
        env, people, talk = self.env, self.directory.people, self.conversation
        inbox, quick = self.stores.inbox, self.quick_stores
        workers = Workers(
            talk.replies.reply,
            limit=self.settings.slack.workers,
            is_next=partial(next_in, inbox),
            begin=talk.replies.expect,
        )
        reindexer = Reindexer(
            self.reindexing,
            self.stores.jobs,
            people,
            self.api,
            edit_every=env.edit_every,
            clock=env.seconds,
            new_incident=env.new_incident,
        )
        home = Home(
            people=people,
            feedback=self.feedback,
            insights=self.insights,
            operating=self.operating,
            prompts=self.prompts,
            api=self.api,
            clock=env.clock,
            new_incident=env.new_incident,
            origins=self.links,
        )
        flagging = self.flagging()
        erase, due = partial(forget_person, self.state), flagging.service.process_due
        forget = Forget(erase, self.feedback, people, self.api, due, home.show)
        filter_ = MessageFilter(self.text, quick.inbox, quick.threads, quick.channels)
        spool = Spool(self.settings.data_dir / "spool")
        waiting_room = WaitingRoom(
            spool, filter_, workers, self.chat, every=env.adopt_every / 2, long=env.long_wait
        )
        bolt = listeners.bolt_app(self.connection, self.me)
        failures = Failures(self.api, env.new_incident)
        receiving = Receiving(filter_, workers, waiting_room)
        listeners.keep_questions(bolt, self.me, receiving)
        by_command = CommandQuestions(self.api, self.text, self.me.team, receiving.keep)
        languages = LanguageChoices(
            self.settings.answer_languages, composed=bool(self.settings.llm.provider)
        )
        wiki = wiki_commands(
            self,
            clock=env.clock,
            settings=self.stores.channels,
            languages=languages,
            reindexer=reindexer,
            more=[forget.subcommand, Audit(self.stores.audit, people, env.clock).subcommand],
            ask=by_command.ask,
        )
        choices = Choices(talk.asked_back, self.directory, inbox, workers, self.chat, self.text)
        buttons = {
            reports.CANCEL: reindexer.cancelled,
            CONFIRM: forget.confirmed,
            **pressing.buttons(talk, choices, self.chat.renderer),
        }
        stopping = Stopping(inbox, workers, talk.posting, self.status)
        listeners.listen(
            bolt,
            failures,
            flags=FlagPresses(flagging, self.api),
            commands=wiki.commands,
            buttons=buttons,
            moved=self.directory.readers.moved,
            opened=pressing.opened(self.prompts, self.optional_calls),
            at_home=home.opened,
            stopped=pressing.stopped(stopping),
            settings=wiki.settings,
        )
        return SlackApp(
            bolt=bolt,
            inbox=inbox,
            workers=workers,
            waiting_room=waiting_room,
            reindexer=reindexer,
            queue=QueueStatus(workers.waiting, self.status, clock=env.seconds, long=env.long_wait),
            clients=(self.api.client, self.without_retry),
            executor=self.executor,
            forgetting=forgetting(self.state, spool, self.settings.state, env.clock),
            adopt_every=env.adopt_every,
            maintenance=flagging.maintenance,
            failures=failures,
        )

    def flagging(self) -> Flagging:
        slack, clock, by_wiki = self.settings.slack, self.env.clock, self.settings.wiki_channels
        renderer = FlagRenderer(self.chat.renderer, Allowed(self.links, self.edits), clock)
        due = Weekly.named(slack.digest_day, slack.digest_hour, zone(slack.digest_timezone))
        digests = Digests(
            weekly=due if slack.digest else None,
            channel=slack.review_channel,
            kept=self.stores.digests,
            insights=self.insights,
            feedback=self.feedback,
            channels=self.directory.channels,
            readers=self.directory.readers,
            api=self.api,
            clock=clock,
            origins=self.links,
        )
        return flagging_of(
            feedback=self.feedback,
            stores=self.stores,
            answering=self.answering,
            library=self.library,
            directory=self.directory,
            chat=SlackFlagChat(self.api, renderer, self.directory.viewers),
            channels=ReviewChannels(slack.review_channel, by_wiki, self.stores.channels),
            published=Published(self.stores.written.store, self.settings.review_channels),
            redrawing=self.conversation.redrawing,
            post_digest=digests.post,
            executor=self.executor,
            clock=clock,
            every=self.env.maintenance_every,
            remind_after=timedelta(days=slack.remind_after_days),
            retracted_within=timedelta(days=slack.retract_days),
            written_holds=timedelta(days=self.settings.answer.written_days),
        )
