"""Incoming message -> reply: the decisions, in their order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.addressing import NO_WORDS, ParsedWords, parse_words
from footnote_bot.bot.conversation.answers import AnswerMaker
from footnote_bot.bot.conversation.choices import AskedBack
from footnote_bot.bot.conversation.following import Following
from footnote_bot.bot.conversation.model import (
    ChannelSettings,
    Choice,
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
WELCOME = Notice(texts.WELCOME)
NOTHING_TO_CHOOSE = Notice(texts.NOTHING_TO_CHOOSE)
_MOST_NAMES = 10
"""People whose names are looked up for one question."""


@dataclass(slots=True)
class ReplyInProgress:
    """A message on its way to its reply. ``refusal`` is the rate-limit message, if the limit is
    reached. ``posted`` are the posted messages of the reply. ``parsed`` are the message's words,
    ``question`` is the question that they ask, ``choice`` is set if they choose a reading, and
    ``history`` are the earlier turns."""

    message: IncomingMessage
    refusal: str | None
    posted: Posted
    parsed: ParsedWords = NO_WORDS
    question: str = ""
    choice: Choice | None = None
    history: Sequence[Turn] = ()
    audience: Addressees | None = None
    state: MessageState = MessageState.DONE

    @property
    def is_direct(self) -> bool:
        return self.message.kind is MessageKind.DIRECT

    @property
    def is_for_me(self) -> bool:
        """Return whether the message is addressed to the bot, and no follow-up or remark."""
        return self.message.kind in (MessageKind.MENTION, MessageKind.DIRECT)

    @property
    def is_unasked(self) -> bool:
        return self.message.kind is MessageKind.UNASKED

    @property
    def is_choice(self) -> bool:
        """Return whether the words choose one of several readings that were offered."""
        return self.choice is not None


@dataclass(frozen=True, slots=True)
class Addressees:
    """The people an answer is for. ``alone``: only the asker sees it, in a channel or in a direct
    message."""

    reader: Reader
    alone: bool
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
    asked_back: AskedBack
    following: Following
    observer: Observer

    async def reply(self, message: IncomingMessage, refusal: str | None) -> MessageState:
        """Reply to the message, and return how it ended. The decisions run in order until one of
        them is the reply.

        Raises:
            NotOurs: the message was edited, deleted or stopped, or another process has it.
            AskerForgotten
            ChatUnavailable
        """
        posted = await self.chat.posted(message) if message.begun_before else {}
        case = ReplyInProgress(message, refusal, posted)
        for decide in (
            self.a_deleted_message_loses_its_reply,
            self.too_many_questions_are_refused,
            self.an_outdated_choice_is_passed_over,
            self.a_thread_command_is_obeyed,
            self.a_follow_up_for_others_is_passed_over,
            self.a_remark_to_everybody_is_passed_over,
            self.small_talk_gets_help,
            self.a_number_that_chooses_nothing_is_rejected,
            self.a_person_who_gets_no_answers_is_told_so,
            self.an_answer_that_was_perhaps_seen_is_offered_again,
            self.a_question_is_answered,
        ):
            if await decide(case):
                break
        await self._pass_over_an_outdated_choice(case)
        return case.state

    async def a_deleted_message_loses_its_reply(self, case: ReplyInProgress) -> bool:
        if not case.message.deleted:
            return False
        await self._withdraw_choices(case)
        await self.chat.remove(case.message, case.posted)
        return True

    async def too_many_questions_are_refused(self, case: ReplyInProgress) -> bool:
        if case.refusal is None:
            return False
        case.state = MessageState.REFUSED
        if case.message.kind in (MessageKind.FOLLOW_UP, MessageKind.UNASKED):
            await self._pass_over(case)
        elif case.refusal:
            await self.posting.put(case.message, Notice(case.refusal), case.posted)
        return True

    async def an_outdated_choice_is_passed_over(self, case: ReplyInProgress) -> bool:
        if case.message.changed:
            await self._withdraw_choices(case)
        return not await self.asked_back.is_current(case.message)

    async def a_thread_command_is_obeyed(self, case: ReplyInProgress) -> bool:
        case.parsed = await self._parse(case.message)
        command = case.parsed.command
        if command is None or case.is_direct:
            return False
        if await self._is_closed_to_asker(case.message):
            # A person who gets no answers may not decide what others get, either.
            await self._pass_over(case)
        else:
            notice = await self.following.obey(case.message, command)
            await self.posting.put(case.message, notice, case.posted)
        return True

    async def a_follow_up_for_others_is_passed_over(self, case: ReplyInProgress) -> bool:
        resolved = await self.asked_back.resolve_choice(case.message, case.parsed.words)
        case.question, case.choice = resolved
        if case.message.kind is not MessageKind.FOLLOW_UP or case.is_choice:
            return False
        if case.parsed.asks:
            case.history = await self.chat.earlier_turns(case.message)
        if await self.following.is_for_bot(case.message, case.parsed.words, case.history):
            return False
        await self._pass_over(case)
        return True

    async def a_remark_to_everybody_is_passed_over(self, case: ReplyInProgress) -> bool:
        """Pass over a message without a mention that is no question since its edit."""
        if not case.is_unasked or (case.parsed.asks and not case.parsed.asks_nothing):
            return False
        await self._pass_over(case)
        return True

    async def small_talk_gets_help(self, case: ReplyInProgress) -> bool:
        asks_help = case.parsed.asks_nothing or (case.is_for_me and case.parsed.asks_about_me)
        if case.is_choice or not asks_help:
            return False
        notice = WELCOME if case.parsed.thanks else HELP
        await self.posting.put(case.message, notice, case.posted)
        return True

    async def a_number_that_chooses_nothing_is_rejected(self, case: ReplyInProgress) -> bool:
        if case.is_choice or not case.is_for_me or not case.parsed.is_number:
            return False
        await self.posting.put(case.message, NOTHING_TO_CHOOSE, case.posted)
        return True

    async def a_person_who_gets_no_answers_is_told_so(self, case: ReplyInProgress) -> bool:
        message = case.message
        settings = await self.settings.of(message.team, message.channel)
        # Where somebody present may get no answers, only the asker is answered.
        outsiders = not case.is_direct and await self.directory.has_outsiders(
            message.channel, shared=message.shared
        )
        alone = case.is_direct or settings.only_asker or outsiders
        reader = await self.directory.reader_in(
            message.person, message.channel, private=alone, shared=message.shared
        )
        if not isinstance(reader, Closed):
            case.audience = Addressees(reader, alone, settings)
            return False
        if case.is_unasked:
            await self._pass_over(case)
        else:
            await self.posting.put(message, Notice(reader.why), case.posted)
        return True

    async def an_answer_that_was_perhaps_seen_is_offered_again(self, case: ReplyInProgress) -> bool:
        if case.is_direct or case.audience is None or not case.audience.alone:
            return False
        if await self.private.resume(case.message):
            return True
        # An answer shared with the channel belongs to an old wording, or was made before somebody
        # joined who may not read it.
        await self.chat.remove(case.message, case.posted)
        case.posted = {}
        return False

    async def a_question_is_answered(self, case: ReplyInProgress) -> bool:
        message, audience = case.message, case.audience
        assert audience is not None  # noqa: S101 - `a_person_who_gets_no_answers_is_told_so` found it
        if not case.is_unasked:
            self.status.begin(message)
        question = await self._question(case, audience)
        live = not case.is_unasked and (case.is_direct or not audience.alone)
        result, case.posted = await self.maker.make(message, question, case.posted, live=live)
        if case.is_unasked and not _is_sure(result, audience.settings.unasked):
            await self._pass_over(case)
            return True
        self.observer.answered(result)
        alone = audience.alone
        if not alone and not await self.directory.may_still_read(
            message.channel, audience.reader, shared=message.shared
        ):
            # Somebody joined while it was made. The asker may still read it.
            alone = True
            await self.chat.remove(message, case.posted)
        if alone and not case.is_direct:
            recorded = await self.maker.record(
                message, question, result, private=True, choice=case.choice
            )
            await self.maker.note(recorded, question, Way.PRIVATE)
            await self.private.give(message, await self.maker.unposted(recorded))
        else:
            recorded = await self.maker.show(
                message, question, result, case.posted, private=case.is_direct, choice=case.choice
            )
            await self._afterwards(case, question, recorded)
        return True

    async def _question(self, case: ReplyInProgress, audience: Addressees) -> Question:
        message, settings = case.message, audience.settings
        return Question(
            case.question,
            audience.reader,
            wikis=(settings.wikis or None) if not case.is_direct else None,
            history=tuple(case.history or await self.chat.earlier_turns(message)),
            person=message.person,
            channel=message.channel,
            language=settings.language if not case.is_direct else "",
        )

    async def _afterwards(
        self, case: ReplyInProgress, question: Question, recorded: RecordedAnswer
    ) -> None:
        """Post the extras of an answer. The answer is posted, so a failure here must not cause it
        to be made again."""
        message = case.message
        try:
            if case.is_direct:
                await self.status.entitle(message, question.text)
            elif not case.is_unasked:
                await self.private.offer(message, question, recorded)
            if message.kind is MessageKind.FOLLOW_UP:
                await self.following.explain(message)
        except (ChatRefused, ChatUnavailable, IndexersError, StateUnavailable) as error:
            logger.info("The extras of the answer to %s were left out: %s", message.ts, error)

    async def _pass_over_an_outdated_choice(self, case: ReplyInProgress) -> None:
        """Pass over a choice whose clarifying question is gone. The worker of the edited question
        may have looked before this was posted."""
        if case.message.deleted or case.refusal is not None:
            return
        if not await self.asked_back.is_current(case.message):
            case.posted = await self.chat.posted(case.message)
            await self._pass_over(case)

    async def _withdraw_choices(self, case: ReplyInProgress) -> None:
        """Remove the answers to choices if the ambiguous question has changed since."""
        for ts in case.posted.values():
            choice = replace(case.message, ts=ts)
            await self.chat.remove(choice, await self.chat.posted(choice))

    async def _pass_over(self, case: ReplyInProgress) -> None:
        """Do not reply: the message is not for the bot, or no longer since its edit."""
        case.state = MessageState.PASSED
        await self.chat.remove(case.message, case.posted)
        await self.inbox.finish(case.message, MessageState.PASSED)

    async def _is_closed_to_asker(self, message: IncomingMessage) -> bool:
        reader = await self.directory.reader(message.person, private=False, shared=message.shared)
        return isinstance(reader, Closed)

    async def _parse(self, message: IncomingMessage) -> ParsedWords:
        """Parse the message's text, beside the event loop."""
        people = await asyncio.to_thread(self._people_named, message.text)
        names = {id_: await self.directory.name(id_) for id_ in people}
        return await asyncio.to_thread(self._parse_text, message.text, names)

    def _people_named(self, text: str) -> list[str]:
        return list(islice(dict.fromkeys(self.text.people_named(text)), _MOST_NAMES))

    def _parse_text(self, text: str, names: Mapping[str, str]) -> ParsedWords:
        return parse_words(self.text.plain(text, names))


def _is_sure(result: Result, threshold: float | None) -> bool:
    """Return whether the result is sure enough to answer unasked."""
    return threshold is not None and isinstance(result, Answer) and result.confidence >= threshold
