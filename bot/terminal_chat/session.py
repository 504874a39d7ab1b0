"""A session in the terminal: the person types a line, and the replies to it are printed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import Protocol

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.conversation.conversation import ChatSide, ConversationStores, conversation_of
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Content,
    IncomingMessage,
    Notice,
    Press,
    RecordedAnswer,
    offers_quotes,
)
from footnote_bot.bot.conversation.ports import Inbox
from footnote_bot.bot.conversation.private_answers import PrivateAnswers
from footnote_bot.bot.conversation.replies import Replies
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.flags.ports import AnswerStore
from footnote_bot.bot.flags.verdicts import FLAGGED_QUIETLY, FORGOTTEN, NOTED, THANKS
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.model import NoAnswer, Question, Result, is_unsure
from footnote_bot.bot.ports import Answering, Library, OnText
from footnote_bot.bot.terminal_chat import texts
from footnote_bot.bot.terminal_chat.terminal_chat import (
    TEAM,
    NoStatus,
    PlainText,
    TerminalChat,
    TerminalDirectory,
)
from footnote_bot.indexers.model import Principal

_LONGEST = 10_000
"""Characters of a line."""
_SHOWN = 200
"""Characters of a question that a verdict repeats."""
_QUIT = "/quit"


def _is_command(line: str) -> bool:
    """Return whether the line begins with a slash and a word; a path does not."""
    word = line.split(maxsplit=1)[0]
    return word[:1] == "/" and word[1:].isalpha()


@dataclass(slots=True)
class Session:
    """A session: questions, and commands beside them. ``unprinted`` is the content to show.
    ``echoes``: the question is not visible in the terminal, so it is printed above its answer.
    ``trouble`` returns why the index is partial, or nothing. ``failures`` are incidents' ids."""

    chat: TerminalChat
    inbox: Inbox
    replies: Replies
    feedback: Feedback
    private: PrivateAnswers
    unprinted: deque[Content]
    trouble: Callable[[], str]
    failures: list[str]
    echoes: bool = False
    _trouble_shown: str = ""
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
                if words.lower() == _QUIT:
                    return
                if words:
                    self._take(words, loop)

    def _take(self, words: str, loop: asyncio.Runner) -> None:
        """Answer a line, print the replies, and print trouble with the index if it is new."""
        if self.echoes:
            terminal.say(f"? {words}\n", style="bold")
        if len(words) > _LONGEST:
            self.unprinted.append(Notice(texts.TOO_LONG))
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
        """Run the line as a command, or answer it as a question."""
        if _is_command(words):
            await self._run(words)
            return
        message = await self.inbox.receive(self.chat.say(words))
        if message is not None:
            self._latest = message
            await self.replies.reply(message)
        if not self.unprinted:
            self.unprinted.append(Notice(texts.NOT_NOW))

    async def _stop(self) -> None:
        """Stop the latest question, so that no process resumes it later."""
        if self._latest is not None:
            await self.inbox.stop(self._latest.team, self._latest.channel, self._latest.thread)

    async def _run(self, line: str) -> None:
        """Run a command.

        Raises:
            StateUnavailable: the database cannot be written.
        """
        word, *arguments = line.split(maxsplit=1)
        match word.lower():
            case (
                "/good" | "/wrong" | "/reviewers" | "/keepers" as verdict
            ):  # the last one's old name
                if recorded := await self._latest_recorded():
                    await self._verdict(verdict, "".join(arguments), recorded)
            case "/quotes":
                await self._quotes()
            case "/help":
                self.unprinted.append(Notice(texts.HELP, texts.HELP_COMMANDS))
            case _:
                self.unprinted.append(Notice(texts.unknown_command(word)))

    async def _verdict(self, verdict: str, words: str, recorded: RecordedAnswer) -> None:
        """Praise the answer, flag it, or, as the button below an uncertain answer in Slack does,
        ask the reviewers. The words after the command go with the question."""
        if verdict == "/good":
            withdrawn = await self.feedback.praise(recorded.id, self.chat.person)
            small = [texts.flag_withdrawn(withdrawn.id)] if withdrawn else []
            self.unprinted.append(Notice(THANKS.text, (_about(recorded), *small)))
        elif verdict == "/wrong":
            await self._flag(recorded, *_complaint(words, recorded))
        elif _is_unanswered(recorded):
            await self._flag(recorded, Complaint.UNANSWERED, words)
        else:
            self.unprinted.append(Notice(texts.IS_ANSWERED))

    async def _flag(self, recorded: RecordedAnswer, complaint: Complaint, comment: str) -> None:
        """Flag the answer. A card in the review channel becomes due, for a bot that serves."""
        flag = await self.feedback.complain(recorded.id, self.chat.person, complaint, comment)
        notice = NOTED if complaint is Complaint.UNANSWERED else FLAGGED_QUIETLY
        listed = texts.flagged(flag.id, flag.complaint.words)
        self.unprinted.append(Notice(notice.text, (_about(recorded), listed)))

    async def _quotes(self) -> None:
        """Show the quotations behind the latest answer, if a language model wrote it."""
        if self.chat.latest is None or not offers_quotes(self.chat.latest.answer):
            self.unprinted.append(Notice(texts.NO_QUOTES))
            return
        press = Press(self.chat.person, self.chat.channel, str(self.chat.latest.id), direct=True)
        await self.private.show_quotes(press, self._respond)

    async def _respond(self, content: Content, *, replacing: bool = True) -> None:  # noqa: ARG002 - of the port
        self.unprinted.append(content)

    async def _latest_recorded(self) -> RecordedAnswer | None:
        """Return the latest answer as it was recorded; if there is none, print so."""
        if self.chat.latest is None:
            self.unprinted.append(Notice(texts.NOTHING_SAID))
            return None
        recorded = await self.feedback.recorded(self.chat.latest.id)
        if recorded is None or recorded.retracted:
            self.unprinted.append(FORGOTTEN)
            return None
        return recorded


_KINDS = (Complaint.OUTDATED, Complaint.INCOMPLETE, Complaint.WRONG_PAGE)


def _complaint(reason: str, recorded: RecordedAnswer) -> tuple[Complaint, str]:
    """Return the complaint that ``reason`` begins with, and the rest of it as the comment."""
    for complaint in _KINDS:
        comment = reason[len(complaint.words) :]
        if reason.lower().startswith(complaint.words) and not comment[:1].isalnum():
            return complaint, comment.lstrip(" :,;.-")
    if reason:
        return Complaint.WRONG, reason
    return (Complaint.UNANSWERED if _is_unanswered(recorded) else Complaint.UNSAID), ""


def _is_unanswered(recorded: RecordedAnswer) -> bool:
    """Return whether the question has no answer, or only an uncertain one."""
    return isinstance(recorded.answer, NoAnswer) or is_unsure(recorded.answer)


def _about(recorded: RecordedAnswer) -> str:
    """Return the line that repeats the answer's question, shortened if it is long."""
    question = " ".join(recorded.asked.question.split())
    return texts.about(question if len(question) <= _SHOWN else f"{question[:_SHOWN]}…")


class SessionStores(ConversationStores, Protocol):
    """The stores that a session needs."""

    answers: AnswerStore


@dataclass(frozen=True, slots=True)
class _OfWikis:
    """Answers from these wikis alone; None: from all."""

    answering: Answering
    wikis: tuple[str, ...] | None

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        return self.answering.answer(replace(question, wikis=self.wikis), on_text)


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
    returns the rights of ``email``, or everyone's without one."""
    # No other session has this name.
    channel, unprinted, failures = f"{TEAM}-{token_hex(8)}", deque[Content](), list[str]()
    chat = TerminalChat(channel, email or TEAM, unprinted.append)
    feedback = Feedback(stores.answers, clock, library.page)

    def incident() -> str:
        failures.append(incidents.new_incident())
        return failures[-1]

    conversation = conversation_of(
        name="footnote",
        team=TEAM,
        side=ChatSide(
            chat, TerminalDirectory(chat.person, channel, rights), PlainText(), NoStatus()
        ),
        stores=stores,
        answers=feedback,
        answering=_OfWikis(Several(answering), tuple(wikis) or None),
        executor=executor,
        as_of=as_of,
        clock=clock,
        new_incident=incident,
    )
    return Session(
        chat=chat,
        inbox=stores.inbox,
        replies=conversation.replies,
        feedback=feedback,
        private=conversation.private,
        unprinted=unprinted,
        trouble=trouble,
        failures=failures,
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
    terminal.print_answer(content.recorded.answer, chatting=True)
    if content.note:
        terminal.say(f"  {content.note}\n", style="dim")
