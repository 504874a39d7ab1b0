"""Commands in the terminal, beside questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from footnote_bot.bot.conversation.model import (
    Content,
    Notice,
    Press,
    RecordedAnswer,
    offers_quotes,
)
from footnote_bot.bot.conversation.quotes import Quotes
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.flags.verdicts import FLAGGED_QUIETLY, FORGOTTEN, NOTED, THANKS
from footnote_bot.bot.model import Clarify, NoAnswer, is_unsure
from footnote_bot.bot.terminal_chat import texts
from footnote_bot.bot.terminal_chat.terminal_chat import TerminalChat

QUIT = "/quit"
HELP = Notice(texts.HELP, texts.HELP_COMMANDS)
NOTHING_SAID = Notice(texts.NOTHING_SAID)
IS_ANSWERED = Notice(texts.IS_ANSWERED)
ASKED_BACK = Notice(texts.ASKED_BACK)
NO_QUOTES = Notice(texts.NO_QUOTES)
_SHOWN = 200
"""Characters of a question."""


def is_command(line: str) -> bool:
    """Return whether the line begins with a slash and a word; a path does not."""
    word = line.split(maxsplit=1)[0]
    return word[:1] == "/" and word[1:].isalpha()


@dataclass(frozen=True, slots=True)
class TerminalCommands:
    feedback: Feedback
    quotes: Quotes
    chat: TerminalChat
    show: Callable[[Content], None]

    async def run(self, line: str) -> None:
        """Run a command.

        Raises:
            StateUnavailable: the database cannot be written.
        """
        word, *arguments = line.split(maxsplit=1)
        command = self._commands.get(word.lower())
        if command is None:
            self.show(Notice(texts.unknown_command(word)))
            return
        await command("".join(arguments))

    @property
    def _commands(self) -> Mapping[str, Callable[[str], Awaitable[None]]]:
        return {
            "/good": self._good,
            "/wrong": self._wrong,
            "/keepers": self._keepers,
            "/quotes": self._quotes,
            "/help": self._help,
        }

    async def _good(self, _rest: str) -> None:
        recorded = await self._judged()
        if recorded is None:
            return
        withdrawn = await self.feedback.praise(recorded.id, self.chat.person)
        small = [texts.flag_withdrawn(withdrawn.id)] if withdrawn else []
        self.show(Notice(THANKS.text, (_about(recorded), *small)))

    async def _wrong(self, reason: str) -> None:
        recorded = await self._judged()
        if recorded is None:
            return
        complaint, comment = _complaint(reason, recorded)
        await self._flag(recorded, complaint, comment)

    async def _keepers(self, words: str) -> None:
        """Ask the keepers, as the button below an uncertain answer in Slack does. The words after
        the command go with the question."""
        recorded = await self._judged()
        if recorded is None:
            return
        if not _is_unanswered(recorded):
            self.show(ASKED_BACK if isinstance(recorded.answer, Clarify) else IS_ANSWERED)
            return
        await self._flag(recorded, Complaint.UNANSWERED, words)

    async def _flag(self, recorded: RecordedAnswer, complaint: Complaint, comment: str) -> None:
        """Flag the answer. A card in the review channel becomes due, for a bot that serves."""
        flag = await self.feedback.complain(recorded.id, self.chat.person, complaint, comment)
        notice = NOTED if complaint is Complaint.UNANSWERED else FLAGGED_QUIETLY
        listed = texts.flagged(flag.id, flag.complaint.words)
        self.show(Notice(notice.text, (_about(recorded), listed)))

    async def _quotes(self, _rest: str) -> None:
        if self.chat.latest is None or not offers_quotes(self.chat.latest.answer):
            self.show(NO_QUOTES)
            return
        press = Press(self.chat.person, self.chat.channel, str(self.chat.latest.id), direct=True)
        await self.quotes.pressed(press, self._respond)

    async def _respond(self, content: Content, *, replacing: bool = True) -> None:  # noqa: ARG002 - of the port
        self.show(content)

    async def _help(self, _rest: str) -> None:
        self.show(HELP)

    async def _judged(self) -> RecordedAnswer | None:
        if self.chat.latest is None:
            self.show(NOTHING_SAID)
            return None
        recorded = await self.feedback.recorded(self.chat.latest.id)
        if recorded is None or recorded.retracted:
            self.show(FORGOTTEN)
            return None
        return recorded


_KINDS = (Complaint.OUTDATED, Complaint.INCOMPLETE, Complaint.WRONG_PAGE)


def _complaint(reason: str, recorded: RecordedAnswer) -> tuple[Complaint, str]:
    """Return the complaint, and the comment beside it."""
    for complaint in _KINDS:
        comment = reason[len(complaint.words) :]
        if reason.lower().startswith(complaint.words) and not comment[:1].isalnum():
            return complaint, comment.lstrip(" :,;.-")
    if reason:
        return Complaint.WRONG, reason
    return (Complaint.UNANSWERED if _is_unanswered(recorded) else Complaint.UNSAID), ""


def _is_unanswered(recorded: RecordedAnswer) -> bool:
    return isinstance(recorded.answer, NoAnswer) or is_unsure(recorded.answer)


def _about(recorded: RecordedAnswer) -> str:
    question = " ".join(recorded.asked.question.split())
    return texts.about(question if len(question) <= _SHOWN else f"{question[:_SHOWN]}…")
