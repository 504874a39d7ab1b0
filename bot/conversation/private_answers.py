"""Private answers in a channel, which one person alone sees: offered if the channel as a whole gets
none, or always given by the channel's settings; sharing them; and the quotes behind an answer.

Each press of a button asks the question again, in the same words and with the rights that count
now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Button,
    Buttons,
    Closed,
    IncomingMessage,
    MessageKind,
    MessageRef,
    Notice,
    Press,
    RecordedAnswer,
    Way,
    offers_quotes,
)
from footnote_bot.bot.conversation.ports import (
    Answers,
    ChannelSettingsStore,
    Chat,
    Directory,
    Locks,
    Respond,
)
from footnote_bot.bot.conversation.posting import Posting
from footnote_bot.bot.errors import AskerForgotten, ChatRefused, NotInChannel
from footnote_bot.bot.model import Answer, NoAnswer, Question
from footnote_bot.indexers.model import Reader

logger = logging.getLogger(__name__)

ALONE = "answer_privately"
AGAIN = "answer_again"
SHARE = "share_answer"
"""Action ids; the value is the id of the answer that the channel, or the asker alone, got."""

OFFER = Notice(texts.PRIVATE_OFFER)
PERHAPS = Notice(texts.PERHAPS_ANSWERED)
FORGOTTEN = Notice(texts.QUESTION_FORGOTTEN)
NOT_FOR_ALL = Notice(texts.NOT_FOR_ALL)
NOT_FOR_OUTSIDERS = Notice(texts.NOT_FOR_OUTSIDERS)


class _Again(NamedTuple):
    """A question that was asked again, and its answer."""

    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class PrivateAnswers:
    maker: AnswerMaker
    answers: Answers
    directory: Directory
    settings: ChannelSettingsStore
    posting: Posting
    chat: Chat
    clock: Callable[[], datetime]
    locks: Locks

    async def offer(
        self, message: IncomingMessage, question: Question, recorded: RecordedAnswer
    ) -> None:
        """Offer a private answer if the channel got none and the asker alone would. Nobody else
        sees the offer, so nobody learns of a page that they may not read. Search alone decides
        this: a language model is called only after a press."""
        if not isinstance(recorded.answer, NoAnswer):
            return
        reader = await self._reader(message.person, message.channel, private=True)
        if isinstance(reader, Closed) or reader == question.reader:
            return
        private_question = replace(question, reader=reader, quoting=True)
        if isinstance(await self.maker.answer_silently(private_question), Answer):
            button = Button(ALONE, texts.ANSWER_PRIVATELY, str(recorded.id))
            offer = replace(OFFER, button=button)
            try:
                await self.chat.post_privately(
                    message.channel, message.person, offer, message.thread
                )
            except ChatRefused as error:
                logger.info("A private answer could not be offered: %s", error)

    async def give(self, message: IncomingMessage, recorded: RecordedAnswer) -> None:
        """Show the answer to the asker alone. An asker who left meanwhile gets nothing, and the
        channel is not told of it.

        Raises:
            NotOurs: it is not ours to answer any more.
            ChatUnavailable: the members of the channel cannot be read.
        """
        try:
            await self.posting.show_asker(message, await self._content(recorded))
        except NotInChannel:
            logger.info("The person who asked %s is no longer in %s", message.ts, message.channel)

    async def resume(self, message: IncomingMessage) -> bool:
        """Offer a private answer again, if the process that gave it died before recording that. The
        offer may appear twice, the answer not. Return False if the asker certainly got none, or
        none is recorded.

        Raises:
            NotOurs: it is not ours to answer any more.
        """
        if not await self.posting.may_have_been_seen(message):
            return False
        recorded = await self.answers.recorded_for(MessageRef.of(message))
        if recorded is None:
            return False
        button = Button(AGAIN, texts.ANSWER_AGAIN, str(recorded.id))
        await self.posting.show_asker(message, replace(PERHAPS, button=button))
        return True

    async def answer_privately(self, press: Press, respond: Respond) -> None:
        """Handle the button of the offer."""
        recorded = await self._recorded(press)
        if recorded is None:
            await respond(FORGOTTEN)
            return
        again = await self._ask_again(press, recorded, private=True)
        if again is None:
            await respond(Notice(texts.NO_ANSWER_NOW))
            return
        answered = replace(recorded, answer=again.answer, answered=self.clock())
        await self.maker.note(answered, again.question, Way.PRIVATE)
        await respond(await self._content(answered))

    async def answer_again(self, press: Press, respond: Respond) -> None:
        """Handle the button of an answer that was perhaps not seen: answer again with the rights
        that count now. Only an answer that its asker alone saw has this button; otherwise a press
        would show private text to the channel."""
        recorded = await self._recorded(press)
        if recorded is None or not recorded.asked.private:
            await respond(FORGOTTEN)
            return
        question = await self._question(press, recorded, private=True)
        if isinstance(question, Closed):
            await respond(Notice(question.why))
            return
        result = await self.maker.answer_silently(question)
        try:
            answered = await self.maker.record(message_of(recorded), question, result, private=True)
        except AskerForgotten:
            await respond(FORGOTTEN)
            return
        await self.maker.note(answered, question, Way.PRIVATE)
        await respond(await self._content(answered))

    async def share(self, press: Press, respond: Respond) -> None:
        """Handle "Share to channel": replace the channel's answer with one from the pages that all
        members may read now, which may be fewer than the person saw. A second press finds what the
        first has posted."""
        async with self.locks.hold(f"(share {press.value})"):
            await self._share(press, respond)

    async def _share(self, press: Press, respond: Respond) -> None:
        """Answer again for all in the channel, and show that to them if its rights allow it."""
        recorded = await self._recorded(press)
        if recorded is None:
            await respond(FORGOTTEN)
            return
        message = message_of(recorded)
        if await self.directory.has_outsiders(message.channel):
            await respond(NOT_FOR_OUTSIDERS, replacing=False)
            return
        again = await self._ask_again(press, recorded, private=False)
        # Somebody may have joined while it was made.
        if again is None or not await self.directory.may_still_read(
            message.channel, again.question.reader, shared=False
        ):
            await respond(NOT_FOR_ALL, replacing=False)
            return
        posted = await self.chat.posted(message)
        if await self._recorded(press) != recorded:
            await respond(FORGOTTEN)
            return
        try:
            await self.maker.show(message, again.question, again.answer, posted, held=False)
        except AskerForgotten:
            await respond(FORGOTTEN)
            return
        if await self.posting.is_deleted(message):
            await self.chat.remove(message, await self.chat.posted(message))
        await respond(Notice(texts.SHARED))

    async def show_quotes(self, press: Press, respond: Respond) -> None:
        """Handle the button "Show the quotes": the pages' own words, because a composed answer may
        have left something out. They are searched again, without a language model, and only the
        person who pressed sees them."""
        recorded = await self.answers.recorded(int(press.value))
        if recorded is None or not await self._may_have_quotes(press, recorded):
            await respond(Notice(texts.ANSWER_FORGOTTEN), replacing=False)
            return
        question = await self._question(press, recorded, private=True)
        if isinstance(question, Closed):
            await respond(Notice(question.why), replacing=False)
            return
        result = await self.maker.answer_silently(replace(question, quoting=True))
        if not isinstance(result, Answer):
            await respond(Notice(texts.NO_QUOTES), replacing=False)
            return
        answered = replace(recorded, answer=result, answered=self.clock())
        await self.maker.note(answered, question, Way.PRIVATE, press.person)
        content = AnswerContent(answered, buttons=Buttons.NONE, note=texts.ONLY_YOU_QUOTES)
        await respond(content, replacing=False)

    async def _may_have_quotes(self, press: Press, recorded: RecordedAnswer) -> bool:
        """Return whether the answer is still valid and offers its quotes to this person. Where the
        channel got no answer, its asker may have got a private one, which is not recorded."""
        got_none = isinstance(recorded.answer, NoAnswer)
        is_offered = offers_quotes(recorded.answer) or (
            got_none and press.person == recorded.asked.asker
        )
        if recorded.retracted or not is_offered or not recorded.asked.question:
            return False
        if press.channel != recorded.asked.place.channel:
            return False
        return await self.directory.may_see(press.person, recorded)

    async def _reader(self, person: str, channel: str, *, private: bool) -> Reader | Closed:
        shared = await self.directory.is_shared(channel)
        return await self.directory.reader_in(person, channel, private=private, shared=shared)

    async def _question(
        self, press: Press, recorded: RecordedAnswer, *, private: bool
    ) -> Question | Closed:
        """Return the answer's question in the same words, with the rights that count now."""
        message, person = message_of(recorded), press.person
        reader = await self._reader(person, message.channel, private=private)
        if isinstance(reader, Closed):
            return reader
        settings = await self.settings.of(message.team, message.channel)
        return Question(
            recorded.asked.question,
            reader,
            wikis=settings.wikis or None,
            history=await self.chat.earlier_turns(message),
            person=person,
            channel=message.channel,
            language=settings.language,
        )

    async def _ask_again(
        self, press: Press, recorded: RecordedAnswer, *, private: bool
    ) -> _Again | None:
        """Answer the question again, with the rights that count now; None if there is no answer."""
        question = await self._question(press, recorded, private=private)
        if isinstance(question, Closed):
            return None
        answer = await self.maker.answer_silently(question)
        return _Again(question, answer) if isinstance(answer, Answer) else None

    async def _recorded(self, press: Press) -> RecordedAnswer | None:
        """Return the pressed answer. Only the asker is shown these buttons. None: it or its words
        are forgotten, its question was edited or deleted since, or the asker left the channel."""
        recorded = await self.answers.recorded(int(press.value))
        if recorded is None or recorded.retracted or recorded.asked.asker != press.person:
            return None
        if not recorded.asked.question:
            return None
        is_there = await self.directory.is_in(press.person, recorded.asked.place.channel)
        return recorded if is_there else None

    async def _content(self, recorded: RecordedAnswer) -> AnswerContent:
        """Return the answer without feedback buttons, which belong to answers that all see."""
        content = AnswerContent(recorded, buttons=Buttons.NO_VERDICTS)
        if await self.directory.has_outsiders(recorded.asked.place.channel):
            return replace(content, note=texts.ONLY_YOU)
        if isinstance(recorded.answer, Answer):
            button = Button(SHARE, texts.SHARE, str(recorded.id))
            return replace(content, button=button)
        return content


def message_of(recorded: RecordedAnswer) -> IncomingMessage:
    """Return the question that the answer belongs to, as far as it is still known."""
    place = recorded.asked.place
    return IncomingMessage(
        event="",
        kind=MessageKind.MENTION,
        team=place.team,
        channel=place.channel,
        ts=place.ts,
        thread=place.thread,
        person=recorded.asked.asker,
        text="",
    )
