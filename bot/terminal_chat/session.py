"""A session in the terminal: the person types a line, and the replies to it are printed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Protocol

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.conversation.conversation import ConversationStores, conversation_of
from footnote_bot.bot.conversation.model import AnswerContent, Content, IncomingMessage, Notice
from footnote_bot.bot.conversation.ports import Inbox
from footnote_bot.bot.conversation.replies import Replies
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.ports import AnswerStore
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.ports import Answering, Library
from footnote_bot.bot.terminal_chat import texts
from footnote_bot.bot.terminal_chat.commands import QUIT, TerminalCommands, is_command
from footnote_bot.bot.terminal_chat.terminal_chat import (
    TEAM,
    Incidents,
    NoStatus,
    OfWikis,
    PlainText,
    TerminalChat,
    moments,
)
from footnote_bot.bot.terminal_chat.terminal_directory import TerminalDirectory
from footnote_bot.indexers.model import Principal

_LONGEST = 10_000
"""Characters of a line."""
TOO_LONG = Notice(texts.TOO_LONG)
NOT_NOW = Notice(texts.NOT_NOW)


@dataclass(slots=True)
class Session:
    """A session. ``unprinted`` collects the content that chat and commands show. ``echoes``: the
    question is not visible in the terminal, so it is printed above its answer. ``trouble`` returns
    why the index is partial, empty if it is not. ``failures`` are the ids of incidents."""

    chat: TerminalChat
    inbox: Inbox
    replies: Replies
    commands: TerminalCommands
    unprinted: deque[Content]
    trouble: Callable[[], str]
    failures: list[str]
    echoes: bool = False
    _trouble_shown: str = field(default="")
    _latest: IncomingMessage | None = None

    def run(self, lines: Iterable[str]) -> None:
        """Answer the ``lines``, one after the other, until they end or one of them quits.

        Raises:
            KeyboardInterrupt: the last question is not answered.
            StateUnavailable: the database cannot be written.
        """
        with asyncio.Runner() as loop:
            for line in lines:
                words = clean(line).strip()
                if words.lower() == QUIT:
                    return
                if words:
                    self._take(words, loop)

    def _take(self, words: str, loop: asyncio.Runner) -> None:
        if self.echoes:
            terminal.say(f"? {words}\n", style="bold")
        if len(words) > _LONGEST:
            self.unprinted.append(TOO_LONG)
        else:
            with screen.busy("Looking"):
                try:
                    loop.run(self._answer(words))
                except KeyboardInterrupt:
                    loop.run(self._stop())
                    raise
        # Printed after the answer is made: a closed output is no failure of the conversation.
        while self.unprinted:
            show(self.unprinted.popleft())
        if (trouble := self.trouble()) != self._trouble_shown:
            self._trouble_shown = trouble
            if trouble:
                terminal.complain(trouble)

    async def _answer(self, words: str) -> None:
        if is_command(words):
            await self.commands.run(words)
            return
        message = await self.inbox.receive(self.chat.say(words))
        if message is not None:
            self._latest = message
            await self.replies.reply(message)
        if not self.unprinted:
            self.unprinted.append(NOT_NOW)

    async def _stop(self) -> None:
        """Stop the latest question, so that no process resumes it later."""
        if self._latest is not None:
            await self.inbox.stop(self._latest.team, self._latest.channel, self._latest.thread)


class SessionStores(ConversationStores, Protocol):
    """The stores that a session needs."""

    @property
    def answers(self) -> AnswerStore: ...


@dataclass(frozen=True, slots=True)
class TerminalSide:
    """The terminal, as a `bot.conversation.conversation.ChatSide`."""

    chat: TerminalChat
    directory: TerminalDirectory
    text: PlainText
    status: NoStatus


def session_of(  # noqa: PLR0913 - the ports, and what differs between sessions
    *,
    stores: SessionStores,
    answering: Answering,
    wikis: Sequence[str],
    library: Library,
    email: str | None,
    rights: Callable[[], Principal],
    executor: Executor,
    as_of: Callable[[], datetime | None],
    clock: Callable[[], datetime],
    trouble: Callable[[], str],
    echoes: bool,
) -> Session:
    """Compose a session. Answers come from ``wikis``, or from all wikis if it is empty; ``rights``
    returns those of ``email``; without one, everyone's."""
    # No other session has this name.
    channel, unprinted, incidents = f"{TEAM}-{token_hex(8)}", deque[Content](), Incidents()
    chat = TerminalChat(channel, email or TEAM, unprinted.append, moments())
    directory = TerminalDirectory(chat.person, channel, rights)
    feedback = Feedback(stores.answers, clock, library.page)
    conversation = conversation_of(
        name="footnote",
        team=TEAM,
        side=TerminalSide(chat, directory, PlainText(), NoStatus()),
        stores=stores,
        answers=feedback,
        answering=OfWikis(Several(answering), tuple(wikis) or None),
        executor=executor,
        as_of=as_of,
        clock=clock,
        new_incident=incidents.new,
    )
    return Session(
        chat=chat,
        inbox=stores.inbox,
        replies=conversation.replies,
        commands=TerminalCommands(feedback, conversation.quotes, chat, unprinted.append),
        unprinted=unprinted,
        trouble=trouble,
        failures=incidents.failures,
        echoes=echoes,
    )


def show(content: Content) -> None:
    """Print content. Its words cannot send control sequences to the terminal."""
    if isinstance(content, Notice):
        terminal.say(f"  {content.text}")
        for line in content.small:
            terminal.say(f"  {line}", style="dim")
        terminal.say("")
        return
    _show_answer(content)


def _show_answer(content: AnswerContent) -> None:
    if content.chosen:
        terminal.say(f"  -> {content.chosen.reading.label}\n", style="bold")
        return
    terminal.print_answer(content.recorded.answer, chatting=True)
    if content.note:
        terminal.say(f"  {content.note}\n", style="dim")
