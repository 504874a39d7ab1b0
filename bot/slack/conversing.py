"""All that makes a conversation, put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.feedback.feedback import Feedback
from bot.ports import Answering
from bot.slack import following, private
from bot.slack.answers import Answers
from bot.slack.channel_form import Languages
from bot.slack.channel_settings import ChannelForms
from bot.slack.channels import Channels
from bot.slack.choices import AskedBack
from bot.slack.conversation import Conversation
from bot.slack.courtesies import Courtesies
from bot.slack.following import Following
from bot.slack.gate import Gate
from bot.slack.letters import Identity
from bot.slack.listeners import Handler
from bot.slack.people import People
from bot.slack.posting import Posting
from bot.slack.private import Private
from bot.slack.prompts import Prompts
from bot.slack.readers import Readers
from bot.slack.redrawing import Redrawing
from bot.slack.replies import Replies
from bot.slack.settings import SlackSettings
from bot.slack.status import Status
from bot.slack.streaming import Streaming
from bot.slack.surroundings import Surroundings
from bot.slack.web import Voice
from bot.state.channels import DatabaseChannels
from bot.state.database import Database
from bot.state.inbox import Inbox
from bot.state.threads import Threads


@dataclass(frozen=True, slots=True)
class Conversing:
    """``gate`` lets letters in, ``replies`` sees to them; the rest takes what people do about
    a conversation beside asking."""

    gate: Gate
    replies: Replies
    status: Status
    posting: Posting
    redrawing: Redrawing
    readers: Readers
    settings: DatabaseChannels
    asked_back: AskedBack
    following: Following
    private: Private
    forms: ChannelForms
    prompts: Prompts
    channels: Channels

    @property
    def buttons(self) -> Mapping[str | re.Pattern[str], Handler]:
        return {
            following.STOP: self.following.stopped,
            private.ALONE: self.private.wanted,
            private.AGAIN: self.private.again,
            private.SHARE: self.private.shared,
        }


def conversing_of(  # noqa: PLR0913 - what the whole Slack side shares
    settings: SlackSettings,
    me: Identity,
    *,
    inbox: Inbox,
    feedback: Feedback,
    state: Database,
    answering: Answering,
    wikis: Callable[[], Sequence[str]],
    people: People,
    voice: Voice,
    hasty: AsyncWebClient,
    executor: Executor,
    around: Surroundings,
) -> Conversing:
    clock, seconds = around.clock, around.seconds
    threads, chosen = Threads(state, clock), DatabaseChannels(state, clock)
    channels, courtesies = Channels(voice.client), Courtesies(hasty)
    posting, conversation = Posting(me, inbox, voice), Conversation(me, voice)
    following, status = Following(me, threads, voice), Status(courtesies)
    streaming = Streaming(Voice(hasty), posting, courtesies, settings.edit_every)
    redrawing = Redrawing(feedback, voice, clock, settings.link_origins)
    asked_back = AskedBack(feedback, inbox, people, voice, redrawing)
    readers = Readers(
        people=people,
        channels=channels,
        bot=me.user,
        most=settings.private_members,
        clock=seconds,
    )
    answers = Answers(
        feedback=feedback,
        answering=answering,
        posting=posting,
        redrawing=redrawing,
        streaming=streaming if settings.streaming else None,
        executor=executor,
        clock=clock,
        origins=settings.link_origins,
        as_of=around.as_of,
    )
    private = Private(
        answers=answers,
        feedback=feedback,
        readers=readers,
        channels=channels,
        settings=chosen,
        conversation=conversation,
        posting=posting,
        voice=voice,
        clock=clock,
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
        clock=clock,
        new_incident=around.new_incident,
        caps=settings.caps,
        first_pause=around.first_pause,
    )
    prompts = Prompts(
        people=people,
        feedback=feedback,
        channels=channels,
        courtesies=courtesies,
        titles=around.titles,
        clock=seconds,
    )
    return Conversing(
        gate=Gate(me, inbox, threads, chosen),
        replies=replies,
        status=status,
        posting=posting,
        redrawing=redrawing,
        readers=readers,
        settings=chosen,
        asked_back=asked_back,
        following=following,
        private=private,
        forms=ChannelForms(
            team=me.team,
            people=people,
            channels=channels,
            settings=chosen,
            wikis=wikis,
            languages=Languages(settings.languages, composed=settings.streaming),
            voice=voice,
        ),
        prompts=prompts,
        channels=channels,
    )
