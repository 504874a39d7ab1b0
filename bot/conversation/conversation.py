"""A conversation, composed of a chat and the stores."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.asking_again import AskingAgain
from footnote_bot.bot.conversation.choices import AskedBack
from footnote_bot.bot.conversation.decisions import Decisions
from footnote_bot.bot.conversation.following import Following
from footnote_bot.bot.conversation.limits import QuestionLimits
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
)
from footnote_bot.bot.conversation.posting import Posting
from footnote_bot.bot.conversation.private_answers import PrivateAnswers
from footnote_bot.bot.conversation.quotes import Quotes
from footnote_bot.bot.conversation.redrawing import Redrawing
from footnote_bot.bot.conversation.replies import Replies
from footnote_bot.bot.conversation.search_outage import SearchOutage
from footnote_bot.bot.model import Result
from footnote_bot.bot.ports import Answering


class ConversationStores(Protocol):
    """The stores that a conversation needs."""

    @property
    def inbox(self) -> Inbox: ...

    @property
    def threads(self) -> Threads: ...

    @property
    def channels(self) -> ChannelSettingsStore: ...

    @property
    def locks(self) -> Locks: ...

    @property
    def audit(self) -> AuditTrail: ...


class ChatSide(Protocol):
    """The chat of a conversation, with its directory, markup and status line."""

    @property
    def chat(self) -> Chat: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def text(self) -> MessageText: ...

    @property
    def status(self) -> StatusLine: ...


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
    asked_back: AskedBack
    following: Following
    private: PrivateAnswers
    quotes: Quotes


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
    searched or nothing, questions wait while it is away."""
    search = SearchOutage(answering, index_problem, monotonic) if index_problem else None
    chat, directory, status = side.chat, side.directory, side.status
    inbox, settings = stores.inbox, stores.channels
    observer = observer or Unobserved()
    posting, redrawing = Posting(inbox, chat), Redrawing(answers, chat)
    asked_back = AskedBack(answers, inbox, directory, redrawing)
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
    asking_again = AskingAgain(directory, settings, chat)
    private = PrivateAnswers(
        maker=maker,
        answers=answers,
        directory=directory,
        asking_again=asking_again,
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
        asked_back=asked_back,
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
    return Conversation(
        replies=replies,
        redrawing=redrawing,
        asked_back=asked_back,
        following=following,
        private=private,
        quotes=Quotes(answers, maker, asking_again, directory, clock),
    )
