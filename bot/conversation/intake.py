"""The path of a message to the worker that replies to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from footnote_bot.bot.conversation.choices import Choices
from footnote_bot.bot.conversation.conversation import ChatSide, Conversation, ConversationStores
from footnote_bot.bot.conversation.message_filter import MessageFilter
from footnote_bot.bot.conversation.ports import Inbox, WaitingMessages
from footnote_bot.bot.conversation.queue_status import QueueStatus
from footnote_bot.bot.conversation.receiving import Receiving
from footnote_bot.bot.conversation.stopping import Stopping
from footnote_bot.bot.conversation.waiting_room import WaitingRoom
from footnote_bot.bot.conversation.workers import Workers, next_in


@dataclass(frozen=True, slots=True)
class Intake:
    """The intake of a conversation: its parts take messages in, hold them until their turn, and
    stop the work on them."""

    receiving: Receiving
    waiting_room: WaitingRoom
    workers: Workers
    queue: QueueStatus
    choices: Choices
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
    clock: Callable[[], float],
) -> Intake:
    """Compose the intake. The chat waits for the ``quick`` stores; ``at_once`` is the number of
    concurrent messages; for ``every`` and ``long`` see `WaitingRoom` and `QueueStatus`."""
    replies, chat, text = conversation.replies, side.chat, side.text
    workers = Workers(
        replies.reply, limit=at_once, is_next=partial(next_in, inbox), begin=replies.expect
    )
    filter_ = MessageFilter(text, quick.inbox, quick.threads, quick.channels)
    waiting_room = WaitingRoom(spool, filter_, workers, chat, every=every, long=long)
    return Intake(
        receiving=Receiving(filter_, workers, waiting_room),
        waiting_room=waiting_room,
        workers=workers,
        queue=QueueStatus(workers.waiting, side.status, clock=clock, long=long),
        choices=Choices(conversation.asked_back, side.directory, inbox, workers, chat, text),
        stopping=Stopping(inbox, workers, chat, side.status, replies.observer),
    )
