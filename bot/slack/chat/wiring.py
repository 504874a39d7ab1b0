"""All that makes a conversation, put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.conversation import following
from bot.conversation import private_answers as private
from bot.conversation.answers import Answers
from bot.conversation.asking_again import AskingAgain
from bot.conversation.choices import AskedBack
from bot.conversation.following import Following
from bot.conversation.message_filter import Gate
from bot.conversation.posting import Posting
from bot.conversation.private_answers import Private
from bot.conversation.prompts import Prompts
from bot.conversation.quotes import Quotes
from bot.conversation.redrawing import Redrawing
from bot.conversation.replies import Replies
from bot.feedback.feedback import Feedback
from bot.ports import Answering
from bot.slack.calling.courtesies import Courtesies
from bot.slack.calling.locks import OneByOne
from bot.slack.calling.status import Status
from bot.slack.calling.web import Voice
from bot.slack.chat.history import Conversation
from bot.slack.chat.streaming import Streaming
from bot.slack.events.handling import Handler
from bot.slack.events.parsing import Identity
from bot.slack.rights.channels import Channels
from bot.slack.rights.people import People
from bot.slack.rights.readers import Readers
from bot.slack.rights.viewers import Viewers
from bot.slack.settings import SlackSettings
from bot.slack.surroundings import Surroundings
from bot.slack.writing import quotes
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
    quotes: Quotes
    prompts: Prompts
    channels: Channels
    viewers: Viewers

    @property
    def buttons(self) -> Mapping[str | re.Pattern[str], Handler]:
        return {
            following.STOP: self.following.stopped,
            private.ALONE: self.private.wanted,
            private.AGAIN: self.private.again,
            private.SHARE: self.private.shared,
            quotes.SHOW: self.quotes.pressed,
        }


def conversing_of(
    settings: SlackSettings,
    me: Identity,
    *,
    inbox: Inbox,
    feedback: Feedback,
    state: Database,
    answering: Answering,
    people: People,
    voice: Voice,
    hasty: AsyncWebClient,
    executor: Executor,
    one_by_one: OneByOne,
    around: Surroundings,
) -> Conversing:
    clock, seconds = around.clock, around.seconds
    threads, chosen = Threads(state, clock), DatabaseChannels(state, clock)
    channels, courtesies = Channels(voice.client), Courtesies(hasty)
    viewers = Viewers(channels, voice)
    posting, conversation = Posting(me, inbox, voice), Conversation(me, voice)
    following, status = Following(me, threads, viewers, voice), Status(courtesies)
    streaming = Streaming(Voice(hasty, me.bot), posting, courtesies, settings.edit_every)
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
    asking_again = AskingAgain(readers, channels, chosen, conversation)
    private = Private(
        answers=answers,
        feedback=feedback,
        readers=readers,
        channels=channels,
        asking_again=asking_again,
        posting=posting,
        voice=voice,
        clock=clock,
        one_by_one=one_by_one,
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
        quotes=Quotes(feedback, answers, asking_again, viewers, clock),
        prompts=prompts,
        channels=channels,
        viewers=viewers,
    )
