"""Commands in the terminal, beside questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.conversation.model import Content, Notice, Press, RecordedAnswer, offers_quotes
from bot.conversation.quotes import Quotes
from bot.flags.feedback import Feedback
from bot.flags.model import Complaint
from bot.flags.verdicts import FLAGGED_QUIETLY, FORGOTTEN, NOTED, THANKS
from bot.model import NoAnswer
from bot.terminal_chat.terminal_chat import TerminalChat

QUIT = "/quit"
HELP = Notice(
    "Ask a question, or several at once. You can follow up: what was said before counts.",
    (
        "1, 2, ...        choose, when I ask what you mean",
        "/good            the last answer helped",
        "/wrong [REASON]  flag the last answer (outdated: ..., incomplete: ..., wrong page: ...)",
        "/quotes          the pages' own words, when a language model wrote the answer",
        "/help            show this help",
        "/quit            quit, like Ctrl-D",
    ),
)
NOTHING_SAID = Notice("There is no answer yet. Please ask a question first.")
NO_QUOTES = Notice("The last answer is already in the pages' own words, or there is none.")
_SHOWN = 200
"""Characters of a question."""


def is_command(line: str) -> bool:
    """Return whether it is a slash and a word; a path is not."""
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
            StateUnavailable: it cannot be noted.
        """
        word, _, rest = line.partition(" ")
        command = self._commands.get(word.lower())
        if command is None:
            self.show(Notice(f"Unknown command: {word}. /help lists the commands."))
            return
        await command(rest.strip())

    @property
    def _commands(self) -> Mapping[str, Callable[[str], Awaitable[None]]]:
        return {
            "/good": self._good,
            "/wrong": self._wrong,
            "/quotes": self._quotes,
            "/help": self._help,
        }

    async def _good(self, _rest: str) -> None:
        recorded = await self._judged()
        if recorded is None:
            return
        withdrawn = await self.feedback.praise(recorded.id, self.chat.person)
        small = [f"Your flag {withdrawn.id} on it is withdrawn."] if withdrawn else []
        self.show(Notice(THANKS.text, (_about(recorded), *small)))

    async def _wrong(self, reason: str) -> None:
        """Flag the answer. A card in the review channel becomes due, for a bot that serves."""
        recorded = await self._judged()
        if recorded is None:
            return
        complaint, comment = _complaint(reason, recorded)
        flag = await self.feedback.complain(recorded.id, self.chat.person, complaint, comment)
        notice = NOTED if complaint is Complaint.UNANSWERED else FLAGGED_QUIETLY
        listed = f"Flag {flag.id}, {flag.complaint.words}. `footnote flags` lists it."
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
    for kind in _KINDS:
        rest = reason[len(kind.words) :]
        if reason.lower().startswith(kind.words) and not rest[:1].isalnum():
            return kind, rest.lstrip(" :,;.-")
    if reason:
        return Complaint.WRONG, reason
    is_silent = isinstance(recorded.answer, NoAnswer)
    return (Complaint.UNANSWERED if is_silent else Complaint.UNSAID), ""


def _about(recorded: RecordedAnswer) -> str:
    question = " ".join(recorded.asked.question.split())
    return f"On: {question if len(question) <= _SHOWN else f'{question[:_SHOWN]}…'}"
