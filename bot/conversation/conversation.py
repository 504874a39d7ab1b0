"""A conversation, composed of a chat and the stores, and the path of a message to the worker that
replies to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.decisions import Decisions
from footnote_bot.bot.conversation.following import Following
from footnote_bot.bot.conversation.model import IncomingMessage, MessageState
from footnote_bot.bot.conversation.ports import (
    Answers,
    AuditTrail,
    ChannelSettingsStore,
    Chat,
    Directory,
    Inbox,
    Locks,
    MessageText,
    Observer,
    StatusLine,
    Threads,
    WaitingMessages,
)
from footnote_bot.bot.conversation.posting import Posting, Redrawing
from footnote_bot.bot.conversation.private_answers import PrivateAnswers
from footnote_bot.bot.conversation.receiving import MessageFilter, Receiving, WaitingRoom
from footnote_bot.bot.conversation.replies import QuestionLimits, Replies, SearchOutage
from footnote_bot.bot.conversation.workers import Stopping, Workers
from footnote_bot.bot.model import Result
from footnote_bot.bot.ports import Answering


class ConversationStores(Protocol):
    """The stores that a conversation needs."""

    inbox: Inbox
    threads: Threads
    channels: ChannelSettingsStore
    locks: Locks
    audit: AuditTrail


@dataclass(frozen=True, slots=True)
class ChatSide:
    """The chat of a conversation, with its directory, markup and status line."""

    chat: Chat
    directory: Directory
    text: MessageText
    status: StatusLine


class Unobserved:
    """An implementation of `bot.conversation.ports.Observer` that records nothing."""

    def answered(self, result: Result) -> None:
        """Do nothing."""

    def ended(self, message: IncomingMessage, state: MessageState) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's entry points. ``replies`` handles questions; the others handle everything
    else that people do."""

    replies: Replies
    redrawing: Redrawing
    following: Following
    private: PrivateAnswers


def conversation_of(
    *,
    name: str,
    team: str,
    side: ChatSide,
    stores: ConversationStores,
    answers: Answers,
    answering: Answering,
    executor: Executor,
    as_of: Callable[[], datetime | None],
    clock: Callable[[], datetime],
    new_incident: Callable[[], str],
    limits: Callable[[], QuestionLimits] | None = None,
    first_pause: float = 1.0,
    index_problem: Callable[[], str] | None = None,
    observer: Observer | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Conversation:
    """Compose a conversation. ``name`` is the bot's name, and ``team`` is its workspace;
    ``monotonic`` returns seconds. With ``index_problem``, which returns why the index cannot be
    searched (empty: it can be), questions wait while the index is away. The other parameters are
    those of `AnswerMaker` and `Replies`."""
    search = SearchOutage(answering, index_problem, monotonic) if index_problem else None
    chat, directory, status = side.chat, side.directory, side.status
    inbox, settings = stores.inbox, stores.channels
    observer = observer or Unobserved()
    posting, redrawing = Posting(inbox, chat), Redrawing(answers, chat)
    following = Following(name, team, stores.threads, directory, chat)
    maker = AnswerMaker(
        answers=answers,
        answering=search or answering,
        posting=posting,
        redrawing=redrawing,
        executor=executor,
        as_of=as_of,
        audit=stores.audit,
        directory=directory,
    )
    private = PrivateAnswers(
        maker=maker,
        answers=answers,
        directory=directory,
        settings=settings,
        posting=posting,
        chat=chat,
        clock=clock,
        locks=stores.locks,
    )
    decisions = Decisions(
        inbox=inbox,
        chat=chat,
        directory=directory,
        settings=settings,
        text=side.text,
        status=status,
        posting=posting,
        maker=maker,
        private=private,
        following=following,
        observer=observer,
    )
    replies = Replies(
        inbox=inbox,
        decisions=decisions,
        posting=posting,
        chat=chat,
        status=status,
        monotonic=monotonic,
        new_incident=new_incident,
        observer=observer,
        limits=limits,
        first_pause=first_pause,
        search=search,
    )
    return Conversation(replies=replies, redrawing=redrawing, following=following, private=private)


@dataclass(frozen=True, slots=True)
class Intake:
    """The intake of a conversation: its parts take messages in, hold them until their turn, and
    stop the work on them."""

    receiving: Receiving
    waiting_room: WaitingRoom
    workers: Workers
    stopping: Stopping


def intake_of(
    conversation: Conversation,
    *,
    side: ChatSide,
    inbox: Inbox,
    quick: ConversationStores,
    spool: WaitingMessages,
    at_once: int,
    every: float,
    long: float,
) -> Intake:
    """Compose the intake. ``quick`` are stores whose calls wait for no other work, because the chat
    waits for them; ``at_once`` is the number of concurrent messages; for ``every`` and ``long`` see
    `WaitingRoom`."""
    replies, chat, text = conversation.replies, side.chat, side.text
    workers = Workers(replies, at_once)
    filter_ = MessageFilter(text, quick.inbox, quick.threads, quick.channels)
    waiting_room = WaitingRoom(spool, filter_, workers, chat, every=every, long=long)
    return Intake(
        receiving=Receiving(filter_, workers, waiting_room),
        waiting_room=waiting_room,
        workers=workers,
        stopping=Stopping(inbox, workers, chat, side.status, replies.observer),
    )
