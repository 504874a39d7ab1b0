"""The composition root of `footnote serve`: settings -> a bot in Slack."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from footnote_bot.bot.agents import opening
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.model import AgentEndpoint
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.agents.tokens import PersonalTokens
from footnote_bot.bot.agents.tools import AgentResources, AgentTools
from footnote_bot.bot.answering.latest import Latest, LatestSections
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.answering.tracing import traced
from footnote_bot.bot.answering.words.shared_words import content_stems
from footnote_bot.bot.app import App
from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation.conversation import ChatSide, conversation_of, intake_of
from footnote_bot.bot.conversation.incidents import new_incident
from footnote_bot.bot.conversation.prompts import Prompts
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.flagging import Flagging, flagging_of
from footnote_bot.bot.flags.insights import STALE_AFTER, Insights
from footnote_bot.bot.flags.model import FlagPeriods
from footnote_bot.bot.flags.review_channels import ReviewChannels
from footnote_bot.bot.loading import models_loaded, warm_up
from footnote_bot.bot.metrics.page import metrics_of
from footnote_bot.bot.model import Result
from footnote_bot.bot.operations import readiness, webhooks
from footnote_bot.bot.operations.scheduler import Scheduler
from footnote_bot.bot.operations.single_sync import repeated_syncs
from footnote_bot.bot.operations.syncing import OneSyncAtATime, now
from footnote_bot.bot.ports import Answering
from footnote_bot.bot.slack import serve as chat
from footnote_bot.bot.slack.api.oauth_client import OAuthClient
from footnote_bot.bot.slack.api.slack_api import SLACK_API, SlackConnection
from footnote_bot.bot.slack.chat.workspace import workspace_of
from footnote_bot.bot.slack.commands.channel_settings import LanguageChoices
from footnote_bot.bot.slack.commands.forget import Forget
from footnote_bot.bot.slack.commands.tokens import TokenCommand
from footnote_bot.bot.slack.commands.wiki import wiki_commands
from footnote_bot.bot.slack.environment import Environment
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.flags.flag_chat import SlackFlagChat
from footnote_bot.bot.slack.home.digest import Digests, Weekly
from footnote_bot.bot.slack.home.home import Home
from footnote_bot.bot.slack.listeners import SlackFeatures
from footnote_bot.bot.slack.monitoring import MetricsPage
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer
from footnote_bot.bot.slack.rights.agents import SlackAgentPeople
from footnote_bot.bot.slack.running import Dispatcher, SlackApp, app_of
from footnote_bot.bot.slack.workspaces import Workspaces
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.figures import state_counts
from footnote_bot.bot.state.forgetting import forget_person, forgetting
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.state.locks import DatabaseLocks, SharedLocks
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.spool import Spool
from footnote_bot.bot.state.stores import Stores
from footnote_bot.bot.state.teams import Team
from footnote_bot.bot.state.tokens import DatabaseTokens
from footnote_bot.bot.workspaces.model import WorkspaceRights
from footnote_bot.bot.workspaces.narrowing import WikiPorts
from footnote_bot.config.agents import AgentSettings
from footnote_bot.config.errors import SettingsError
from footnote_bot.config.manifest_link import bot_scopes
from footnote_bot.config.reloading import Reloading
from footnote_bot.config.settings import Secrets, Settings

if TYPE_CHECKING:
    from footnote_bot.bot.answering.answerer import Answerer

_TOKENS = "Slack is not connected (`footnote settings --slack` tells how)"

Sharing = Callable[[App], AbstractContextManager[None]]
"""Works for other commands with an app's parts, as long as it is held."""


def serve(settings: Settings, secrets: Secrets, sharing: Sharing, reloading: Reloading) -> None:
    """Answer in Slack until SIGTERM or SIGINT; sync at the start and every so often. Meanwhile
    ``sharing`` works for other commands, and SIGHUP calls ``reloading``.

    Raises:
        SettingsError: a token is missing.
        SlackMisconfigured: a token is wrong, or the port is taken.
        ModelMisconfigured: a language model is set, and its address, key or package is missing.
        IndexUnavailable, StateUnavailable: the index or the database cannot be opened. While only
            its server is away, the bot waits.
    """
    several = bool(settings.workspace)
    if problems := secrets.slack_problems(settings.slack.mode, several=several):
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
    """Answer in Slack with the parts of ``app``, as `serve` does, and raise what it raises.
    ``answering`` wraps the answerer; ``ready`` is called once Slack can reach the bot."""
    settings, secrets, parts = app.settings, app.secrets, app.indexing
    parts.wikis.chosen()
    connection = connection_of(settings, secrets)

    def open_stores() -> None:
        with models_loaded(parts.embedder, parts.reranker):
            _ = app.process, parts.index  # the first use opens them

    chat.open_patiently(connection, open_stores, readiness.AWAY)
    process = app.process
    app.state.tell_outages()
    syncing = syncs_of(app)
    app.last_pass, app.passed = syncing.last_pass, syncing.passed
    counts, queries = partial(state_counts, app.state), app.queries
    metrics = metrics_of(counts, queries.status, settings.data_dir, now)
    app.model_observer, app.timed = metrics.counters, metrics.counters.timed
    library, _ = app.library, app.model  # raises if a model is wrong
    warm_up(parts.embedder, parts.reranker)
    answers = Latest(lambda: answering(app.answerer))
    # For further workspaces: written answers are those of the first one.
    wiki_answers = Latest(lambda: answering(app.searching))
    threading.Thread(target=parts.wikis.preload_members, name="preloading", daemon=True).start()
    readiness.check_daily(app.state.check, parts.index.check)
    tells_edits = any(wiki.recent for wiki in parts.wikis.values())
    intervals = settings.sync.intervals(edits=tells_edits)
    scheduler = Scheduler(syncing, *intervals, turn=app.timer_turn())

    def follow(new: Settings) -> None:
        app.follow(new)
        answers.renew()
        wiki_answers.renew()
        scheduler.reschedule(*new.sync.intervals(edits=tells_edits))

    if reloading:
        reloading.follow(follow)
    agents = agents_of(app, syncing.as_of, metrics.counters.answered)
    env = Environment(
        agents=agents,
        reload=reloading,
        stopping=scheduler.interrupt,
        question_limits=lambda: app.settings.slack,
        new_incident=metrics.counters.counted(new_incident),
        observer=metrics.counters,
        metrics=MetricsPage(metrics.page, secrets.footnote_metrics_token.get_secret_value()),
        as_of=syncing.as_of,
        samples=lambda: app.answerer.open_questions(),  # noqa: PLW0108 - it may be another one by then
        hooks=webhooks.hooks(secrets.variable("CONFLUENCE_WEBHOOK_SECRET"), scheduler.hint),
        checks=readiness.checks(process, parts.index, [*parts.wikis], settings.data_dir),
    )
    wikis = WikiPorts(
        answering=answers,
        reindexing=syncing,
        operating=queries,
        library=library,
        sections=LatestSections(lambda: app.searching),
        tokens=parts.wikis.tokens,
    )
    further = None
    if secrets.installs:
        further = further_workspaces(app, connection, env, replace(wikis, answering=wiki_answers))
        env = replace(env, pages=further.pages())
    has_several = further is not None or DatabaseInstallations(app.state).was_installed()

    def build(me: Identity) -> Dispatcher:
        team = Team(me.team, home=True) if has_several else None
        home = SlackParts(
            settings, connection, env, me, wikis=wikis, state=app.state, process=process, team=team
        ).app()
        return further.with_home(me.team, home) if further else home

    installed: Dispatcher | None = further
    with (
        answers.loading(),
        scheduler.running(),
        sharing(app),
        traced(settings.tracing.url),
        opening.serving(agents, endpoint_of(settings.agents)),
    ):
        asyncio.run(chat.serve(connection, build, env, ready=lambda _: ready(), further=installed))


def syncs_of(app: App) -> OneSyncAtATime:
    """Return the syncs of a bot. Another process may sync an index on a server; then this one
    follows the wikis, for its reindexes and the addresses of pages."""
    parts = app.indexing
    return repeated_syncs(parts, app, follow=parts.wikis.follow if app.settings.index.url else None)


def endpoint_of(of: AgentSettings) -> AgentEndpoint:
    return AgentEndpoint(of.host, of.port, of.url, of.issuer, of.tokens_for, of.address_claim)


def agents_of(
    app: App, as_of: Callable[[], datetime | None], answered: Callable[[Result], None]
) -> Agents | None:
    """Compose the agents of people; None if they are not served. ``answered`` counts answers."""
    settings = app.settings.agents
    if not settings.enabled:
        return None
    executor = ThreadPoolExecutor(4, "agents")
    app.closing.callback(executor.shutdown, wait=False, cancel_futures=True)
    rate = Rate(lambda: app.settings.slack.person_minute, time.monotonic)
    return Agents(
        PersonalTokens(DatabaseTokens(app.state), now),
        opening.address_of(endpoint_of(settings)),
        AgentResources(executor, rate, as_of, answered),
        new_incident,
    )


def further_workspaces(
    app: App, connection: SlackConnection, env: Environment, wikis: WikiPorts
) -> Workspaces:
    """Compose the workspaces other than the one whose token is in the settings."""
    secrets = app.secrets

    def build(me: Identity, token: str, allowed: WorkspaceRights) -> SlackApp:
        names = allowed.wikis
        return SlackParts(
            app.settings.narrowed(names),
            replace(connection, bot_token=token),
            replace(env, samples=lambda: app.searching.open_questions(names) if names else ()),
            me,
            wikis=wikis.narrowed(allowed, me.team),
            state=app.state,
            process=app.process,
            team=Team(me.team),
            allowed=allowed,
        ).app()

    return Workspaces(
        client=OAuthClient(
            id=secrets.slack_client_id.get_secret_value(),
            secret=secrets.slack_client_secret.get_secret_value(),
            scopes=bot_scopes(),
            api_url=connection.api_url,
        ),
        connection=connection,
        env=env,
        installations=DatabaseInstallations(app.state),
        locks=SharedLocks(DatabaseLocks(app.state, app.process)),
        rights=app.named_workspaces.rights,
        build=build,
    )


def connection_of(settings: Settings, secrets: Secrets) -> SlackConnection:
    slack, by_socket = settings.slack, settings.slack.mode == "socket"
    return SlackConnection(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value() if by_socket else "",
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=secrets.slack_api_url or SLACK_API,
        host=slack.listens_on,
        port=slack.port,
    )


class SlackParts:
    """The parts of the bot in a workspace. ``process`` is started, and is one of those that share
    ``state``. ``team`` is the workspace if several share the state; ``allowed`` are the rights of a
    further workspace, which narrow its ports and settings. Nothing runs before `SlackApp.start`."""

    def __init__(  # noqa: PLR0913 - the ports outside of Slack
        self,
        settings: Settings,
        connection: SlackConnection,
        env: Environment,
        me: Identity,
        *,
        wikis: WikiPorts,
        state: Database,
        process: Process,
        team: Team | None = None,
        allowed: WorkspaceRights | None = None,
    ) -> None:
        slack, clock = settings.slack, env.clock
        self.settings, self.connection, self.env, self.wikis = settings, connection, env, wikis
        self.state, self.team = state, team
        self.stores = Stores(state, process, clock, team=team)
        # Not in the pool that all other work waits in: Slack waits for these.
        self.quick_stores = Stores(state, process, clock, in_own_thread, team=team)
        self.executor = ThreadPoolExecutor(slack.workers, thread_name_prefix="answering")
        self.feedback = Feedback(self.stores.answers, clock, wikis.library.page)
        self.slack = workspace_of(
            me,
            clock=clock,
            seconds=env.seconds,
            new_incident=env.new_incident,
            edit_every=env.edit_every,
            token=connection.bot_token,
            api_url=connection.api_url,
            settings=slack,
            allowed=allowed,
            tokens=wikis.tokens,
            linked=settings.linked,
            streams=bool(settings.llm.provider),
        )
        workspace = self.slack
        self.side = ChatSide(workspace.chat, workspace.directory, workspace.text, workspace.status)
        self.insights = Insights(
            feedback=self.feedback,
            directory=self.slack.directory,
            figures=self.stores.figures,
            executor=self.executor,
            operating=wikis.operating,
            library=wikis.library,
            roots=content_stems,
            clock=clock,
            stale_after=timedelta(days=settings.answer.old_after_days) or STALE_AFTER,
        )
        self.conversation = conversation_of(
            name=me.name,
            team=me.team,
            side=self.side,
            stores=self.stores,
            answers=self.feedback,
            answering=wikis.answering,
            executor=self.executor,
            as_of=env.as_of,
            clock=clock,
            new_incident=env.new_incident,
            limits=env.question_limits or (lambda: slack),
            first_pause=env.first_pause,
            index_problem=env.checks.get("index", str),
            monotonic=env.seconds,
            observer=env.observer,
        )

    def app(self) -> SlackApp:
        """Compose the features of the workspace, and the app that runs them."""
        settings, env, slack, wikis = self.settings, self.env, self.slack, self.wikis
        days = settings.state.retention_days
        spool = Spool(settings.data_dir / "spool" / (self.team.folder if self.team else ""))
        intake = intake_of(
            self.conversation,
            side=self.side,
            inbox=self.stores.inbox,
            quick=self.quick_stores,
            spool=spool,
            at_once=settings.slack.workers,
            every=env.adopt_every / 2,
            long=env.long_wait,
        )
        prompts = Prompts(
            directory=slack.directory, answers=self.feedback, samples=env.samples, clock=env.seconds
        )
        tokens = TokenCommand(env.agents.tokens, slack.me.team) if env.agents else None
        home = Home(slack, self.feedback, self.insights, wikis.operating, prompts, tokens)
        flagging = self.flagging()
        erase = partial(forget_person, self.state, team=self.team)
        forget = Forget(erase, self.feedback, slack, flagging.service.process_due, home.show)
        reindexer = Reindexer(slack, wikis.reindexing, self.stores.jobs)
        wiki = wiki_commands(
            slack,
            wikis=wikis,
            feedback=self.feedback,
            insights=self.insights,
            reindexer=reindexer,
            forget=forget,
            settings=self.stores.channels,
            trail=self.stores.audit,
            audited=timedelta(days=days),
            languages=LanguageChoices(
                settings.answer_languages, composed=bool(settings.llm.provider)
            ),
            keep=intake.receiving.keep,
            tokens=tokens,
        )
        if env.agents:
            env.agents.join(slack.me.team, self.agent_tools(env.agents.resources))
        features = SlackFeatures(
            workspace=slack,
            intake=intake,
            conversation=self.conversation,
            prompts=prompts,
            flagging=flagging,
            home=home,
            wiki=wiki,
            forget=forget,
            reindexer=reindexer,
            tokens=tokens,
        )
        return app_of(
            features,
            self.connection,
            inbox=self.stores.inbox,
            executor=self.executor,
            forgetting=forgetting(self.state, spool, days, env.clock),
            adopt_every=env.adopt_every,
        )

    def agent_tools(self, resources: AgentResources) -> AgentTools:
        """Return the tools of people's agents. They run in another event loop than this one."""
        wikis = self.wikis
        # Slack gives a person 100 times a minute, and answers need some of them.
        looks = Rate(lambda: 50, self.env.seconds)
        people = SlackAgentPeople(self.slack.people, asyncio.get_running_loop(), looks)
        operating, trail = wikis.operating, self.stores.audit
        return AgentTools(people, wikis.answering, wikis.sections, operating, trail, resources)

    def flagging(self) -> Flagging:
        settings, slack, stores = self.settings, self.settings.slack, self.stores
        digests = Digests(
            weekly=Weekly.named(*slack.digest_time) if slack.digest_time else None,
            channel=slack.review_channel,
            slack=self.slack,
            log=stores.digests,
            insights=self.insights,
            feedback=self.feedback,
        )
        return flagging_of(
            feedback=self.feedback,
            stores=stores,
            answering=self.wikis.answering,
            library=self.wikis.library,
            directory=self.slack.directory,
            chat=SlackFlagChat.of(self.slack, (wiki.edited_at for wiki in settings.wiki)),
            channels=ReviewChannels(slack.review_channel, settings.wiki_channels, stores.channels),
            redrawing=self.conversation.redrawing,
            post_digest=digests.post,
            executor=self.executor,
            clock=self.env.clock,
            every=self.env.maintenance_every,
            periods=FlagPeriods(
                remind_after=timedelta(days=slack.remind_after_days),
                retracted_within=timedelta(days=slack.retract_days),
            ),
        )
