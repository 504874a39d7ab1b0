"""Incoming message -> reply: the decisions, in their order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.addressing import ParsedWords, ThreadCommand, parse_words
from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.following import Following
from footnote_bot.bot.conversation.model import (
    ChannelSettings,
    Closed,
    IncomingMessage,
    MessageKind,
    MessageState,
    Notice,
    RecordedAnswer,
    Way,
)
from footnote_bot.bot.conversation.ports import (
    ChannelSettingsStore,
    Chat,
    Directory,
    Inbox,
    MessageText,
    Observer,
    Posted,
    StatusLine,
)
from footnote_bot.bot.conversation.posting import Posting
from footnote_bot.bot.conversation.private_answers import PrivateAnswers
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, StateUnavailable
from footnote_bot.bot.model import Answer, Question, Result, Turn
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.model import Reader

logger = logging.getLogger(__name__)

HELP = Notice(texts.HELP, (texts.HELP_EXAMPLE,))
YOU_ARE_WELCOME = Notice(texts.YOU_ARE_WELCOME)
_MOST_NAMES = 10
"""People whose names are looked up for one question."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """The people an answer is for. ``in_private``: only the asker sees it, in a channel."""

    reader: Reader
    in_private: bool
    settings: ChannelSettings


@dataclass(frozen=True, slots=True)
class Decisions:
    inbox: Inbox
    chat: Chat
    directory: Directory
    settings: ChannelSettingsStore
    text: MessageText
    status: StatusLine
    posting: Posting
    maker: AnswerMaker
    private: PrivateAnswers
    following: Following
    observer: Observer

    async def reply(self, message: IncomingMessage, refusal: str | None) -> MessageState:
        """Reply to the message, and return how it ended. ``refusal`` is the rate-limit message
        (empty: it was said already), None if the limit is not reached.

        Raises:
            NotOurs: the message was edited, deleted or stopped, or another process has it.
            AskerForgotten
            ChatUnavailable
        """
        posted = await self.chat.posted(message) if message.begun_before else {}
        if message.deleted:
            await self.chat.remove(message, posted)
            return MessageState.DONE
        if refusal is not None:
            return await self._refuse(message, refusal, posted)
        return await self._decide(message, posted)

    async def _decide(self, message: IncomingMessage, posted: Posted) -> MessageState:
        """Decide by the words whether the message asks the wiki."""
        parsed = await self._parse(message)
        if parsed.command and message.kind is not MessageKind.DIRECT:
            return await self._obey(message, parsed.command, posted)
        history: Sequence[Turn] = ()
        if message.kind is MessageKind.FOLLOW_UP:
            history = await self.chat.earlier_turns(message) if parsed.asks else ()
            if not await self.following.is_for_bot(message, parsed.words, history):
                return await self._pass_over(message, posted)
        if message.kind is MessageKind.UNASKED and (parsed.asks_nothing or not parsed.asks):
            return await self._pass_over(message, posted)  # no question since its edit
        if notice := _small_talk(message, parsed):
            await self.posting.put(message, notice, posted)
            return MessageState.DONE
        return await self._ask(message, parsed.words, history, posted)

    async def _ask(
        self, message: IncomingMessage, question: str, history: Sequence[Turn], posted: Posted
    ) -> MessageState:
        """Decide by the rights who gets an answer to ``question``, which ``message`` asks."""
        audience = await self._audience(message)
        if isinstance(audience, Closed):
            if message.kind is MessageKind.UNASKED:
                return await self._pass_over(message, posted)
            await self.posting.put(message, Notice(audience.why), posted)
            return MessageState.DONE
        if audience.in_private:
            if await self.private.resume(message):
                return MessageState.DONE
            # An answer shared with the channel belongs to an old wording, or was made before
            # somebody joined who may not read it.
            await self.chat.remove(message, posted)
            posted = {}
        if message.kind is not MessageKind.UNASKED:
            self.status.begin(message)
        is_direct, settings = message.kind is MessageKind.DIRECT, audience.settings
        asked = Question(
            question,
            audience.reader,
            wikis=(settings.wikis or None) if not is_direct else None,
            history=tuple(history or await self.chat.earlier_turns(message)),
            person=message.person,
            channel=message.channel,
            language=settings.language if not is_direct else "",
        )
        return await self._answer(message, asked, audience, posted)

    async def _refuse(self, message: IncomingMessage, refusal: str, posted: Posted) -> MessageState:
        """Say ``refusal`` (empty: it was said already), if the bot was addressed."""
        if not message.is_addressed:
            return await self._pass_over(message, posted)
        if refusal:
            await self.posting.put(message, Notice(refusal), posted)
        return MessageState.REFUSED

    async def _obey(
        self, message: IncomingMessage, command: ThreadCommand, posted: Posted
    ) -> MessageState:
        """Obey a command about the thread, if its author may get answers."""
        reader = await self.directory.reader(message.person, private=False, shared=message.shared)
        if isinstance(reader, Closed):
            # A person who gets no answers may not decide what others get, either.
            return await self._pass_over(message, posted)
        await self.posting.put(message, await self.following.obey(message, command), posted)
        return MessageState.DONE

    async def _audience(self, message: IncomingMessage) -> Addressees | Closed:
        """Return whom the answer is for; `Closed` if the asker gets no answers."""
        is_direct = message.kind is MessageKind.DIRECT
        settings = await self.settings.of(message.team, message.channel)
        # Where somebody present may get no answers, only the asker is answered.
        outsiders = not is_direct and await self.directory.has_outsiders(
            message.channel, shared=message.shared
        )
        alone = settings.only_asker or outsiders
        reader = await self.directory.reader_in(
            message.person, message.channel, private=is_direct or alone, shared=message.shared
        )
        if isinstance(reader, Closed):
            return reader
        return Addressees(reader, alone and not is_direct, settings)

    async def _answer(
        self, message: IncomingMessage, question: Question, audience: Addressees, posted: Posted
    ) -> MessageState:
        """Make the answer, and show it to the channel or to the asker alone."""
        is_direct = message.kind is MessageKind.DIRECT
        is_unasked = message.kind is MessageKind.UNASKED
        in_private = audience.in_private
        live = not is_unasked and not in_private
        result, posted = await self.maker.make(message, question, posted, live=live)
        if is_unasked and not _is_sure(result, audience.settings.unasked):
            return await self._pass_over(message, posted)
        self.observer.answered(result)
        if not (is_direct or in_private) and not await self.directory.may_still_read(
            message.channel, audience.reader, shared=message.shared
        ):
            # Somebody joined while it was made. The asker may still read it.
            in_private = True
            await self.chat.remove(message, posted)
        if in_private:
            recorded = await self.maker.record(message, question, result, private=True)
            await self.maker.note(recorded, question, Way.PRIVATE)
            await self.private.give(message, await self.maker.unposted(recorded))
        else:
            recorded = await self.maker.show(message, question, result, posted, private=is_direct)
            await self._afterwards(message, question, recorded)
        return MessageState.DONE

    async def _afterwards(
        self, message: IncomingMessage, question: Question, recorded: RecordedAnswer
    ) -> None:
        """Post the extras of an answer. The answer is posted, so a failure here must not cause it
        to be made again."""
        try:
            if message.kind is MessageKind.DIRECT:
                await self.status.entitle(message, question.text)
            elif message.kind is not MessageKind.UNASKED:
                await self.private.offer(message, question, recorded)
            if message.kind is MessageKind.FOLLOW_UP:
                await self.following.explain(message)
        except (ChatRefused, ChatUnavailable, IndexersError, StateUnavailable) as error:
            logger.info("The extras of the answer to %s were left out: %s", message.ts, error)

    async def _pass_over(self, message: IncomingMessage, posted: Posted) -> MessageState:
        """Do not reply: the message is not for the bot, or no longer since its edit."""
        await self.chat.remove(message, posted)
        await self.inbox.finish(message, MessageState.PASSED)
        return MessageState.PASSED

    async def _parse(self, message: IncomingMessage) -> ParsedWords:
        """Parse the message's text, beside the event loop."""
        people = await asyncio.to_thread(self._people_named, message.text)
        names = {id_: await self.directory.name(id_) for id_ in people}
        return await asyncio.to_thread(self._parse_text, message.text, names)

    def _people_named(self, text: str) -> list[str]:
        """Return the ids of the first people whom the text mentions, each once."""
        return list(islice(dict.fromkeys(self.text.people_named(text)), _MOST_NAMES))

    def _parse_text(self, text: str, names: Mapping[str, str]) -> ParsedWords:
        return parse_words(self.text.plain(text, names))


def _small_talk(message: IncomingMessage, parsed: ParsedWords) -> Notice | None:
    """Return the reply to words that ask nothing of the wiki; None if they may ask something."""
    if parsed.asks_nothing or (message.is_addressed and parsed.asks_about_me):
        return YOU_ARE_WELCOME if parsed.thanks else HELP
    return None


def _is_sure(result: Result, threshold: float | None) -> bool:
    """Return whether the result is sure enough to answer unasked."""
    return threshold is not None and isinstance(result, Answer) and result.confidence >= threshold
