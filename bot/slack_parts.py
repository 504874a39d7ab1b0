"""The composition of the bot in one workspace of Slack: settings and ports -> its app."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from bot.answering.composing.words import roots
from bot.background import in_own_thread
from bot.conversation.choices import Choices
from bot.conversation.conversation import conversation_of
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
from bot.operations.ports import Operating, Reindexing
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
from bot.slack.connection import SlackConnection
from bot.slack.environment import Environment
from bot.slack.events.handling import Failures
from bot.slack.events.parsing import Identity, SlackText
from bot.slack.flags.cards import Allowed
from bot.slack.flags.flag_chat import FlagRenderer, SlackFlagChat
from bot.slack.flags.pressing import FlagPresses
from bot.slack.home.digesting import Digests
from bot.slack.home.home import Home
from bot.slack.home.weekly import Weekly
from bot.slack.reindexing import reports
from bot.slack.reindexing.reindexer import Reindexer
from bot.slack.rendering import links
from bot.slack.rendering.content import Renderer
from bot.slack.rights.slack_directory import directory_of
from bot.slack.running import SlackApp
from bot.state.database import Database
from bot.state.forgetting import forget_person, forgetting
from bot.state.process import Process
from bot.state.spool import Spool
from bot.state.stores import Stores
from bot.state.teams import Team
from bot.workspaces.model import WorkspaceRights
from config.settings import Settings
from config.slack import zone
from indexers.model import addressed


class SlackParts:
    """The parts of the bot in a workspace. ``me`` comes from `bot.slack.serve.sign_in`; ``tokens``
    are what the person with an address holds in the wikis; ``process`` is this process among those
    that share ``state``, and is started. ``team`` is the workspace, where several share ``state``;
    ``workspace`` what a further one is allowed, whose ports and settings are narrowed to that.
    Nothing runs before `SlackApp.start`."""

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
        team: Team | None = None,
        workspace: WorkspaceRights | None = None,
    ) -> None:
        slack, clock, wikis = settings.slack, env.clock, settings.wiki
        self.settings, self.connection, self.env, self.me = settings, connection, env, me
        self.answering, self.reindexing, self.operating = answering, reindexing, operating
        self.library, self.state, self.team = library, state, team
        audits = settings.state.audit_days > 0
        self.stores = Stores(state, process, clock, audits=audits, team=team)
        # Not in the pool that everything else waits in: Slack waits for these.
        self.quick_stores = Stores(state, process, clock, in_own_thread, team=team)
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
            self.api,
            slack,
            team=me.team,
            bot=me.user,
            organization=me.organization,
            tokens=tokens,
            clock=env.seconds,
            workspace=workspace,
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
        erase = partial(forget_person, self.state, team=self.team)
        due = flagging.service.process_due
        forget = Forget(erase, self.feedback, people, self.api, due, home.show)
        filter_ = MessageFilter(self.text, quick.inbox, quick.threads, quick.channels)
        spool = Spool(self.settings.data_dir / "spool" / (self.team.folder if self.team else ""))
        waiting_room = WaitingRoom(
            spool, filter_, workers, self.chat, every=env.adopt_every / 2, long=env.long_wait
        )
        bolt = listeners.bolt_app(self.connection, self.me, lambda: self.api.client.token or "")
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
            stopped=pressing.stopped(stopping, self.me.team),
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
