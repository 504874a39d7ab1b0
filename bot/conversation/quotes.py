"""The button "Show the quotes": the pages' own words, for the person who presses.

A composed answer may have left something out. The quotes are searched again, with the rights that
the person has now and without a language model, and nobody else sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.asking_again import AskingAgain, message_of
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Buttons,
    Closed,
    Notice,
    Press,
    RecordedAnswer,
    Way,
    offers_quotes,
)
from footnote_bot.bot.conversation.ports import Answers, Directory, Respond
from footnote_bot.bot.model import Answer, NoAnswer

FORGOTTEN = Notice(texts.ANSWER_FORGOTTEN)
NOTHING = Notice(texts.NO_QUOTES)


@dataclass(frozen=True, slots=True)
class Quotes:
    answers: Answers
    maker: AnswerMaker
    asking_again: AskingAgain
    directory: Directory
    clock: Callable[[], datetime]

    async def pressed(self, press: Press, respond: Respond) -> None:
        recorded = await self._recorded(press)
        if recorded is None:
            await respond(FORGOTTEN, replacing=False)
            return
        message = message_of(recorded)
        reader = await self.asking_again.reader(press.person, message.channel, private=True)
        if isinstance(reader, Closed):
            await respond(Notice(reader.why), replacing=False)
            return
        question = await self.asking_again.question(message, recorded, reader)
        result = await self.maker.answer_silently(
            replace(question, person=press.person, quoting=True)
        )
        if not isinstance(result, Answer):
            await respond(NOTHING, replacing=False)
            return
        answered = replace(recorded, answer=result, answered=self.clock())
        await self.maker.note(answered, question, Way.PRIVATE, press.person)
        content = AnswerContent(answered, buttons=Buttons.NONE, note=texts.ONLY_YOU_QUOTES)
        await respond(content, replacing=False)

    async def _recorded(self, press: Press) -> RecordedAnswer | None:
        """Return the answer if it is still valid, offers its quotes, and the person may see it."""
        recorded = await self.answers.recorded(int(press.value))
        if recorded is None or recorded.retracted or not _offers_quotes(recorded, press.person):
            return None
        if press.channel != recorded.asked.place.channel:
            return None
        return recorded if await self.directory.may_see(press.person, recorded) else None


def _offers_quotes(recorded: RecordedAnswer, person: str) -> bool:
    """Return whether the person may have the button. Where the channel got no answer, its asker may
    have got a private one, which is not recorded."""
    got_none = isinstance(recorded.answer, NoAnswer)
    return offers_quotes(recorded.answer) or (got_none and person == recorded.asked.asker)
