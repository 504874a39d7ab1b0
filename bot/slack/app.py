"""The Slack side, put together: the same for production and tests, with other parts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StateUnavailable
from bot.feedback.feedback import Feedback
from bot.ports import Answering, Reindexing
from bot.slack import listeners
from bot.slack.answers import Answers
from bot.slack.channel_settings import ChannelForms
from bot.slack.channels import Channels
from bot.slack.choices import AskedBack, Choices
from bot.slack.commands import Commands
from bot.slack.conversation import Conversation
from bot.slack.courtesies import Courtesies
from bot.slack.following import Following
from bot.slack.gate import Gate
from bot.slack.letters import Identity
from bot.slack.people import People
from bot.slack.posting import Posting
from bot.slack.private import Private
from bot.slack.prompts import Prompts
from bot.slack.readers import Readers
from bot.slack.reindex import Reindexer
from bot.slack.replies import Replies
from bot.slack.settings import SlackSettings
from bot.slack.status import Status
from bot.slack.stopping import Stopping
from bot.slack.streaming import Streaming
from bot.slack.surroundings import Surroundings
from bot.slack.verdicts import Verdicts
from bot.slack.web import Voice, connections, web_client
from bot.slack.workers import Workers
from bot.state.channels import DatabaseChannels
from bot.state.database import Database
from bot.state.inbox import Inbox
from bot.state.ledger import DatabaseLedger
from bot.state.pass_log import DatabasePassLog
from bot.state.threads import Threads
from bot.state.usage import DatabaseUsage
from indexers.model import addressed

logger = logging.getLogger(__name__)

_FORGETTING_EVERY = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class SlackApp:
    """``bolt`` takes what Slack sends; the rest works on it between start and stop."""

    bolt: AsyncApp
    inbox: Inbox
    workers: Workers
    reindexer: Reindexer
    clients: Sequence[AsyncWebClient]
    executor: ThreadPoolExecutor
    forgetting: Callable[[], int]

    async def start(self) -> None:
        """Take up what an earlier process left.

        Raises:
            StateUnavailable
        """
        session = connections()
        for client in self.clients:
            client.session = session
        unfinished = await asyncio.to_thread(self.inbox.unfinished)
        if unfinished:
            logger.info("%d questions are left from before", len(unfinished))
        for letter in unfinished:
            self.workers.submit(letter)

    async def stop(self, grace: float) -> None:
        """Finish what can be finished in ``grace`` seconds; the rest is kept."""
        await self.reindexer.stop()
        await self.workers.stop(grace)
        self.executor.shutdown(wait=False, cancel_futures=True)
        for client in self.clients:
            if client.session is not None:
                await client.session.close()

    async def forget_for_ever(self) -> None:
        """Delete what is older than it may be kept, now and every few hours."""
        while True:
            try:
                forgotten = await asyncio.to_thread(self.forgetting)
            except StateUnavailable as error:
                logger.warning("What is old could not be forgotten: %s", error)
            else:
                logger.debug("%d old answers forgotten", forgotten)
            await asyncio.sleep(_FORGETTING_EVERY)


def build_app(  # noqa: PLR0913 - everything that the Slack side is made of
    settings: SlackSettings,
    me: Identity,
    *,
    answering: Answering,
    reindexing: Reindexing,
    tokens: Callable[[str], frozenset[str]] = addressed,
    state: Database,
    around: Surroundings | None = None,
) -> SlackApp:
    """``me`` is what `bot.slack.serve.sign_in` found, ``tokens`` what the person with an
    address holds in the wikis. Nothing runs before `start`."""
    around = around or Surroundings()
    voice = Voice(web_client(settings.bot_token, settings.api_url))
    hasty = web_client(settings.bot_token, settings.api_url, patient=False)
    executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="answering")
    inbox = Inbox(state, around.clock)
    threads = Threads(state, around.clock)
    following = Following(me, threads, voice)
    channels = Channels(voice.client)
    chosen = DatabaseChannels(state, around.clock)
    feedback = Feedback(DatabaseLedger(state), around.clock)
    people = People(
        client=voice.client,
        team=me.team,
        guests=settings.guests,
        shared_channels=settings.shared_channels,
        admins=settings.admins,
        clock=around.seconds,
        tokens=tokens,
    )
    asked_back = AskedBack(feedback, people, voice, around.clock, settings.link_origins)
    courtesies = Courtesies(hasty)
    posting = Posting(me, voice)
    status = Status(courtesies)
    answers = Answers(
        inbox=inbox,
        feedback=feedback,
        answering=answering,
        posting=posting,
        streaming=Streaming(Voice(hasty), posting, courtesies, settings.edit_every)
        if settings.streaming
        else None,
        executor=executor,
        clock=around.clock,
        origins=settings.link_origins,
        as_of=around.as_of,
    )
    readers = Readers(
        people=people,
        channels=channels,
        bot=me.user,
        most=settings.private_members,
        clock=around.seconds,
    )
    conversation = Conversation(me, voice)
    private = Private(
        answers=answers,
        feedback=feedback,
        readers=readers,
        channels=channels,
        settings=chosen,
        conversation=conversation,
        posting=posting,
        voice=voice,
        clock=around.clock,
    )
    replies = Replies(
        me=me,
        inbox=inbox,
        answers=answers,
        people=people,
        readers=readers,
        settings=chosen,
        private=private,
        conversation=conversation,
        asked_back=asked_back,
        posting=posting,
        following=following,
        status=status,
        clock=around.clock,
        new_incident=around.new_incident,
        first_pause=around.first_pause,
    )
    workers = Workers(replies.reply, limit=settings.workers, begin=replies.expect)
    reindexer = Reindexer(
        reindexing,
        voice,
        edit_every=settings.edit_every,
        clock=around.seconds,
        new_incident=around.new_incident,
    )
    verdicts = Verdicts(
        feedback=feedback,
        answering=answering,
        people=people,
        voice=voice,
        executor=executor,
        clock=around.clock,
        origins=settings.link_origins,
        review_channel=settings.review_channel,
        settings=chosen,
    )
    bolt = _bolt(settings, me)
    failures = listeners.Failures(voice, around.new_incident)
    listeners.keep_questions(bolt, me, Gate(me, inbox, threads, chosen), workers)
    stopping = Stopping(inbox, workers, posting, status)
    forms = ChannelForms(me.team, people, channels, chosen, reindexing.wikis, voice)
    prompts = Prompts(
        people=people,
        feedback=feedback,
        channels=channels,
        courtesies=courtesies,
        titles=around.titles,
        clock=around.seconds,
    )
    conversing = listeners.Conversing(following, stopping, readers, private, forms, prompts)
    conversing.listen(bolt, failures)
    choices = Choices(asked_back, inbox, workers)
    commands = Commands(people, reindexer, forms)
    listeners.listen(bolt, verdicts, choices, commands, failures)

    def forgetting() -> int:
        before = around.clock() - settings.retention
        inbox.forget_before(before)
        threads.forget_before(before)
        DatabasePassLog(state).forget_before(before)
        DatabaseUsage(state).forget_before(before.date())
        return feedback.forget_older_than(settings.retention)

    clients = (voice.client, hasty)
    return SlackApp(bolt, inbox, workers, reindexer, clients, executor, forgetting)


def _bolt(settings: SlackSettings, me: Identity) -> AsyncApp:
    """Who we are is known, so that no event waits for, or is lost to, an auth.test."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=me.team,
            bot_user_id=me.user,
            bot_id=me.bot,
            bot_token=settings.bot_token,
        )

    # Its warnings are about tokens in the environment, which we hand over ourselves.
    bolt_logger = logging.getLogger(f"{__name__}.bolt")
    bolt_logger.setLevel(logging.ERROR)
    return AsyncApp(
        name="footnote",
        logger=bolt_logger,
        signing_secret=settings.signing_secret,
        client=AsyncWebClient(base_url=settings.api_url, logger=bolt_logger),
        authorize=authorize,
    )
