"""Composition of a conversation in Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.background import in_own_thread
from bot.conversation import following, private_answers
from bot.conversation.choices import AskedBack, Choices
from bot.conversation.conversation import conversation_of
from bot.conversation.following import Following
from bot.conversation.message_filter import MessageFilter
from bot.conversation.ports import ChannelSettingsStore, Locks
from bot.conversation.posting import Posting
from bot.conversation.private_answers import PrivateAnswers
from bot.conversation.prompts import Prompts
from bot.conversation.quotes import Quotes
from bot.conversation.redrawing import Redrawing
from bot.conversation.replies import Replies
from bot.conversation.stopping import Stopping
from bot.conversation.workers import Workers
from bot.flags.feedback import Feedback
from bot.ports import Answering
from bot.slack.api.optional_calls import OptionalCalls
from bot.slack.api.slack_api import SlackApi
from bot.slack.api.status_line import SlackStatusLine
from bot.slack.chat import pressing
from bot.slack.chat.history import History
from bot.slack.chat.slack_chat import SlackChat
from bot.slack.chat.streaming import Streaming
from bot.slack.environment import Environment
from bot.slack.events.handling import Handler
from bot.slack.events.parsing import Identity, SlackText
from bot.slack.rendering import quotes, readings
from bot.slack.rendering.content import Renderer
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import SlackPeople
from bot.slack.rights.readers import Readers
from bot.slack.rights.slack_directory import SlackDirectory
from bot.slack.rights.viewers import Viewers
from bot.slack.settings import SlackOptions
from bot.state.channels import DatabaseChannels
from bot.state.database import Database
from bot.state.in_threads import AsyncChannels, AsyncInbox, AsyncThreads
from bot.state.threads import DatabaseThreads


@dataclass(frozen=True, slots=True)
class Conversing:
    """The entry points of a conversation. ``filter_`` admits messages, ``replies`` handles them;
    the rest handles other clicks and events."""

    filter_: MessageFilter
    replies: Replies
    chat: SlackChat
    directory: SlackDirectory
    status: SlackStatusLine
    posting: Posting
    redrawing: Redrawing
    readers: Readers
    settings: ChannelSettingsStore
    asked_back: AskedBack
    following: Following
    private: PrivateAnswers
    quotes: Quotes
    prompts: Prompts
    channels: Channels
    viewers: Viewers
    inbox: AsyncInbox
    text: SlackText
    optional_calls: OptionalCalls

    def buttons(self, workers: Workers) -> Mapping[str | re.Pattern[str], Handler]:
        choices = Choices(
            self.asked_back, self.directory, self.inbox, workers, self.chat, self.text
        )
        renderer = self.chat.renderer
        return {
            readings.CHOICE: pressing.pressed(choices.pressed),
            following.STOP: pressing.answered(self.following.stopped, renderer),
            private_answers.ALONE: pressing.answered(self.private.wanted, renderer),
            private_answers.AGAIN: pressing.answered(self.private.again, renderer),
            private_answers.SHARE: pressing.answered(self.private.shared, renderer),
            quotes.SHOW: pressing.answered(self.quotes.pressed, renderer),
        }

    def stopped(self, workers: Workers) -> Handler:
        stopping = Stopping(self.inbox, workers, self.posting, self.status)
        return pressing.stopped(stopping)

    @property
    def opened(self) -> Handler:
        return pressing.opened(self.prompts, self.optional_calls)


def conversing_of(
    settings: SlackOptions,
    me: Identity,
    *,
    inbox: AsyncInbox,
    feedback: Feedback,
    state: Database,
    answering: Answering,
    people: SlackPeople,
    api: SlackApi,
    client_without_retry: AsyncWebClient,
    executor: Executor,
    locks: Locks,
    env: Environment,
) -> Conversing:
    clock, seconds, text = env.clock, env.seconds, SlackText(me)
    threads = AsyncThreads(DatabaseThreads(state, clock))
    chosen = AsyncChannels(DatabaseChannels(state, clock))
    channels, optional_calls = Channels(api.client), OptionalCalls(client_without_retry)
    viewers, status = Viewers(channels, api), SlackStatusLine(optional_calls)
    readers = Readers(
        people=people,
        channels=channels,
        bot=me.user,
        most=settings.private_members,
        clock=seconds,
    )
    directory = SlackDirectory(people, channels, readers, viewers)
    streaming = Streaming(
        SlackApi(client_without_retry, me.bot), optional_calls, settings.edit_every
    )
    chat = SlackChat(
        api=api,
        renderer=Renderer(settings.link_origins, clock),
        history=History(text, api),
        viewers=viewers,
        streaming=streaming if settings.streaming else None,
    )
    conversation = conversation_of(
        name=me.name,
        team=me.team,
        inbox=inbox,
        threads=threads,
        settings=chosen,
        answers=feedback,
        answering=answering,
        chat=chat,
        directory=directory,
        text=text,
        status=status,
        locks=locks,
        executor=executor,
        as_of=env.as_of,
        clock=clock,
        new_incident=env.new_incident,
        limits=settings.caps,
        first_pause=env.first_pause,
    )
    return Conversing(
        # Not in the pool that everything else waits in: Slack waits for these.
        filter_=MessageFilter(
            text,
            AsyncInbox(inbox.store, in_own_thread),
            AsyncThreads(threads.store, in_own_thread),
            AsyncChannels(chosen.store, in_own_thread),
        ),
        replies=conversation.replies,
        chat=chat,
        directory=directory,
        status=status,
        posting=conversation.posting,
        redrawing=conversation.redrawing,
        readers=readers,
        settings=chosen,
        asked_back=conversation.asked_back,
        following=conversation.following,
        private=conversation.private,
        quotes=conversation.quotes,
        prompts=Prompts(directory=directory, answers=feedback, titles=env.titles, clock=seconds),
        channels=channels,
        viewers=viewers,
        inbox=inbox,
        text=text,
        optional_calls=optional_calls,
    )
