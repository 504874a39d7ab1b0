"""Composition of a conversation in the terminal."""

from __future__ import annotations

import secrets as randomness
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bot import wiring
from bot.answering.library import IndexedLibrary
from bot.answering.several import Several
from bot.conversation import incidents
from bot.conversation.conversation import conversation_of
from bot.conversation.limits import QuestionLimits
from bot.conversation.model import Content
from bot.flags.feedback import Feedback
from bot.model import Question, Result
from bot.operations.syncing import now
from bot.ports import Answering, Hear
from bot.state.answers import DatabaseAnswers
from bot.state.channels import DatabaseChannels
from bot.state.in_threads import AsyncChannels, AsyncInbox, AsyncThreads
from bot.state.inbox import DatabaseInbox
from bot.state.process import Process
from bot.state.shared_locks import SharedLocks
from bot.state.sync_locks import DatabaseSyncLocks
from bot.state.threads import DatabaseThreads
from bot.state.wiring import last_pass, opened_state
from bot.state.written import DatabaseWrittenAnswers
from bot.terminal_chat.commands import TerminalCommands
from bot.terminal_chat.session import Session
from bot.terminal_chat.terminal_chat import TEAM, NoStatus, PlainText, TerminalChat
from bot.terminal_chat.terminal_directory import TerminalDirectory
from config.settings import Secrets, Settings


@dataclass(frozen=True, slots=True)
class _OfWikis:
    """Answers from these wikis alone."""

    answering: Answering
    wikis: tuple[str, ...]

    def answer(self, question: Question, hear: Hear | None = None) -> Result:
        return self.answering.answer(replace(question, wikis=self.wikis), hear)


@contextmanager
def chatting(
    settings: Settings,
    secrets: Secrets,
    *,
    email: str | None,
    wikis: Sequence[str],
    echoes: bool,
) -> Iterator[Session]:
    """Yield a conversation with the rights of ``email`` (None: everyone's), stored where `serve`
    stores its own.

    Raises:
        WikiMisconfigured: no wiki is set, or none has one of these names.
        ModelMisconfigured: a language model is set, and something of it is missing.
        IndexUnavailable: the index cannot be opened.
        StateUnavailable: nothing can be kept.
    """
    with (
        wiring.answering(settings, secrets, wikis) as (searching, parts),
        closing(opened_state(settings)) as state,
        Process(state, now) as process,
        ThreadPoolExecutor(1, "answering") as executor,
    ):
        library = IndexedLibrary(
            parts.index, searching.recheck, parts.wikis.edit_address, parts.wikis.owner
        )
        answerer = wiring.with_verified(settings, searching, library, DatabaseWrittenAnswers(state))
        answering: Answering = Several(answerer)
        if wikis:
            answering = _OfWikis(answering, tuple(wikis))
        person, channel = email or TEAM, f"{TEAM}-{randomness.token_hex(4)}"
        said = deque[Content]()
        chat = TerminalChat(channel, person, said.append, _moments())
        inbox = AsyncInbox(DatabaseInbox(state, now, process))
        feedback = Feedback(DatabaseAnswers(state), now, library.page)
        failures: list[str] = []

        def new_incident() -> str:
            failures.append(incidents.new_incident())
            return failures[-1]

        conversation = conversation_of(
            name="footnote",
            team=TEAM,
            inbox=inbox,
            threads=AsyncThreads(DatabaseThreads(state, now)),
            settings=AsyncChannels(DatabaseChannels(state, now)),
            answers=feedback,
            answering=answering,
            chat=chat,
            directory=TerminalDirectory(person, channel, lambda: wiring.reader_of(parts, email)),
            text=PlainText(),
            status=NoStatus(),
            locks=SharedLocks(DatabaseSyncLocks(state, process)),
            executor=executor,
            as_of=lambda: _as_of(settings, list(parts.wikis)),
            clock=now,
            new_incident=new_incident,
            limits=QuestionLimits(),
            first_pause=1.0,
        )
        yield Session(
            chat=chat,
            inbox=inbox,
            replies=conversation.replies,
            commands=TerminalCommands(feedback, conversation.quotes, chat, said.append),
            said=said,
            trouble=lambda: parts.index.trouble,
            failures=failures,
            echoes=echoes,
        )


def _moments() -> Iterator[int]:
    """Yield increasing microseconds of the clock."""
    latest = 0
    while True:
        latest = max(latest + 1, time.time_ns() // 1_000)
        yield latest


def _as_of(settings: Settings, wikis: Sequence[str]) -> datetime | None:
    """Return the time up to which the index of every wiki is current; None if unknown."""
    known = [last_pass(settings, wiki) for wiki in wikis]
    return min(filter(None, known)) if known and None not in known else None
