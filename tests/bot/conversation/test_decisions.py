"""One incoming message gets one reply: without Slack, on the real database."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.conversation import texts
from footnote_bot.bot.conversation.conversation import ChatSide, Conversation, conversation_of
from footnote_bot.bot.conversation.decisions import (
    HELP,
    YOU_ARE_WELCOME,
    Decisions,
)
from footnote_bot.bot.conversation.following import STARTED, STOPPED
from footnote_bot.bot.conversation.model import (
    ANYBODY,
    AnswerContent,
    ChannelSettings,
    IncomingMessage,
    MessageKind,
    Notice,
)
from footnote_bot.bot.conversation.ports import Posted
from footnote_bot.bot.conversation.posting import NotOurs
from footnote_bot.bot.conversation.private_answers import OFFER, PERHAPS
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.model import (
    Answer,
    NoAnswer,
    Question,
    Reason,
    Result,
    Source,
)
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.stores import Stores
from footnote_bot.config.slack import SlackSettings
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.chat import FakeChat, FakeDirectory, FakeStatus, PlainText, text_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TEAM, HERE, ANNA, BEN = "T0", "C0", "U0ANNA", "U0BEN"
SOURCE = Source("Leave", "", "https://wiki.example.com/leave", "", "handbook", "leave.md", "r1")
SAID = Answer("Book it in the calendar. [1]", (SOURCE,), 0.9)
NOTHING = NoAnswer(Reason.NOTHING_FITS, "I found nothing.")
HERS = Principal.of(EVERYONE, "group:hr")


@dataclass
class Handbook:
    """Returns one result, or one for each reader."""

    said: Result = SAID
    to_reader: dict[Principal, Result] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        self.asked.append(question)
        assert isinstance(question.reader, Principal)
        return self.to_reader.get(question.reader, self.said)


class Office:
    def __init__(self, database: Database) -> None:
        self.now = NOW
        process = Process(database, self.clock)
        self.chat, self.directory, self.status = FakeChat(), FakeDirectory(), FakeStatus()
        self.text, self.handbook, self.limits = PlainText(), Handbook(), SlackSettings()
        self.executor = ThreadPoolExecutor(1)
        self.stores = Stores(database, process, self.clock)
        self.inbox, self.settings = self.stores.inbox, self.stores.channels
        self.feedback = Feedback(self.stores.answers, self.clock)
        self._events = itertools.count(1)

    def clock(self) -> datetime:
        return self.now

    @property
    def conversation(self) -> Conversation:
        return conversation_of(
            name="footnote",
            team=TEAM,
            side=ChatSide(self.chat, self.directory, self.text, self.status),
            stores=self.stores,
            answers=self.feedback,
            answering=self.handbook,
            executor=self.executor,
            as_of=lambda: None,
            clock=self.clock,
            new_incident=lambda: "abc123",
            limits=lambda: self.limits,
            first_pause=0.0,
        )

    @property
    def decisions(self) -> Decisions:
        return self.conversation.replies.decisions

    def message(
        self,
        text: str,
        kind: MessageKind = MessageKind.MENTION,
        *,
        person: str = ANNA,
        thread: str = "",
    ) -> IncomingMessage:
        line = self.chat.say(HERE, person, text, thread)
        event = f"Ev{next(self._events)}"
        return IncomingMessage(event, kind, TEAM, HERE, line.ts, line.thread, person, text)

    async def reply(self, message: IncomingMessage) -> None:
        """Process the message as a worker does: from the inbox, with an existing reply
        corrected."""
        received = await self.inbox.receive(message)
        assert received is not None
        await self.conversation.replies.reply(received)

    async def ask(
        self,
        text: str,
        kind: MessageKind = MessageKind.MENTION,
        *,
        person: str = ANNA,
        thread: str = "",
    ) -> IncomingMessage:
        message = self.message(text, kind, person=person, thread=thread)
        await self.reply(message)
        return message

    @property
    def replies(self) -> list[str]:
        return self.chat.replies(HERE)

    @property
    def whispered(self) -> list[tuple[str, str]]:
        return [(person, text_of(content)) for _, person, content in self.chat.private]


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_a_question_is_answered_and_recorded(office: Office) -> None:
    await office.ask("How do I book leave?")

    assert office.replies == [SAID.text]
    assert [question.reader for question in office.handbook.asked] == [ANYBODY]
    (content,) = office.chat.shown.values()
    assert isinstance(content, AnswerContent)
    assert await office.feedback.recorded(content.recorded.id) is not None


async def test_a_deleted_question_goes_with_its_reply(office: Office) -> None:
    message = await office.ask("How do I book leave?")
    await office.reply(replace(message, event="Ev9", text="", deleted=True))

    assert office.replies == []


async def test_a_clock_that_jumps_ahead_is_no_long_wait_for_the_chat(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await office.ask("How do I book leave?")
    remove, troubles = office.chat.remove, [ChatUnavailable("Slack cannot now")]

    async def remove_later(message: IncomingMessage, posted: Posted) -> None:
        office.now += timedelta(hours=6)
        if troubles:
            raise troubles.pop()
        await remove(message, posted)

    monkeypatch.setattr(office.chat, "remove", remove_later)
    await office.reply(replace(message, event="Ev9", text="", deleted=True))

    assert office.replies == []


async def test_an_edited_question_is_answered_in_its_place(office: Office) -> None:
    message = await office.ask("How do I book leaf?")
    office.handbook.said = replace(SAID, text="In the calendar. [1]")
    await office.reply(replace(message, event="Ev9", text="How do I book leave?", edited="9.0"))

    assert office.replies == ["In the calendar. [1]"]
    assert len(office.chat.shown) == 1


async def test_one_question_too_many_is_refused_whatever_it_asks(office: Office) -> None:
    office.limits = SlackSettings(person_minute=1)
    await office.ask("How do I book leave?")
    office.now += timedelta(seconds=1)
    await office.ask("stop following")

    assert office.replies[1].startswith("You have asked 1 question within a minute")
    assert len(office.handbook.asked) == 1


@pytest.mark.parametrize(
    ("words", "notice"), [("stop following", STOPPED), ("follow this thread", STARTED)]
)
async def test_a_thread_command_is_obeyed_and_not_searched(
    office: Office, words: str, notice: Notice
) -> None:
    await office.ask(words)

    assert office.replies == [notice.text]
    assert office.handbook.asked == []


async def test_who_may_get_nothing_hears_nothing_of_a_thread_either(office: Office) -> None:
    office.directory.closed.add(ANNA)
    await office.ask("stop following")

    assert office.replies == []


async def test_who_may_get_nothing_is_told_so(office: Office) -> None:
    office.directory.closed.add(ANNA)
    await office.ask("How do I book leave?")

    assert office.replies == ["I do not know you."]
    assert office.handbook.asked == []


async def test_a_follow_up_for_others_is_passed_over(office: Office) -> None:
    question = await office.ask("How do I book leave?")
    office.chat.say(HERE, BEN, "Wait, I know.", question.thread)
    await office.ask("Do you?", MessageKind.FOLLOW_UP, thread=question.thread)

    assert office.replies == [SAID.text]


async def test_who_asked_may_ask_on_without_a_mention_and_is_told_why_once(office: Office) -> None:
    question = await office.ask("How do I book leave?")
    for words in ("And abroad?", "And for a day?"):
        await office.ask(words, MessageKind.FOLLOW_UP, thread=question.thread)

    assert office.replies == [SAID.text] * 3
    assert [person for person, _ in office.whispered] == [ANNA]
    assert len(office.handbook.asked[-1].history) == 4


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("Hello there!", HELP.text),
        ("lol ok", HELP.text),
        ("https://example.com/a", HELP.text),
        ("Thanks a lot!", YOU_ARE_WELCOME.text),
        ("got it, thanks", YOU_ARE_WELCOME.text),
        ("perfect, that helped, thank you", YOU_ARE_WELCOME.text),
    ],
)
async def test_small_talk_gets_a_short_reply(office: Office, words: str, reply: str) -> None:
    await office.ask(words)

    assert office.replies == [reply]
    assert office.handbook.asked == []


@pytest.mark.parametrize(
    ("kind", "replies"), [(MessageKind.DIRECT, [HELP.text]), (MessageKind.UNASKED, [SAID.text])]
)
async def test_who_asks_the_bot_what_it_can_do_gets_help_and_who_asks_another_person_does_not(
    office: Office, kind: MessageKind, replies: list[str]
) -> None:
    await office.settings.set(TEAM, HERE, ChannelSettings(unasked=0.0), BEN)
    await office.ask("Who are you?", kind)

    assert office.replies == replies


async def test_only_the_asker_sees_the_answer_where_somebody_may_get_none(office: Office) -> None:
    office.directory.outsiders.add(HERE)
    office.directory.readers[ANNA] = HERS
    await office.ask("How do I book leave?")

    assert office.replies == []
    assert office.whispered == [(ANNA, SAID.text)]
    assert office.handbook.asked[0].reader == HERS


async def test_an_answer_that_was_perhaps_seen_is_offered_again(office: Office) -> None:
    """For example, after a kill between showing the answer and marking the message as done."""
    await office.settings.set(TEAM, HERE, ChannelSettings(only_asker=True), BEN)
    received = await office.inbox.receive(office.message("How do I book leave?"))
    assert received is not None
    for _ in range(2):
        claimed = await office.inbox.claim(received.id)
        assert claimed is not None
        await office.decisions.reply(claimed, None)

    assert office.whispered == [(ANNA, SAID.text), (ANNA, PERHAPS.text)]
    assert len(office.handbook.asked) == 1


async def test_only_the_asker_sees_the_answer_if_somebody_joins_meanwhile(office: Office) -> None:
    office.directory.members_came = True
    await office.ask("How do I book leave?")

    assert office.replies == []
    assert office.whispered == [(ANNA, SAID.text)]


async def test_a_private_answer_is_offered_where_the_channel_gets_none(office: Office) -> None:
    office.directory.readers[ANNA] = HERS
    office.handbook.said = NOTHING
    office.handbook.to_reader[HERS] = SAID
    await office.ask("How do I book leave?")

    assert office.replies == [NOTHING.text]
    assert office.whispered == [(ANNA, OFFER.text)]
    assert office.handbook.asked[-1].quoting


async def test_unasked_the_bot_speaks_only_if_it_is_sure(office: Office) -> None:
    await office.settings.set(TEAM, HERE, ChannelSettings(unasked=0.8), BEN)
    await office.ask("How do I book leave?", MessageKind.UNASKED)
    office.handbook.said = replace(SAID, confidence=0.7)
    await office.ask("How do I book leave abroad?", MessageKind.UNASKED)

    assert office.replies == [SAID.text]
    assert office.status.begun == []


@pytest.mark.parametrize(
    ("kind", "replies"), [(MessageKind.UNASKED, []), (MessageKind.MENTION, [texts.NO_SEARCH])]
)
async def test_a_failure_is_told_only_where_the_bot_was_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch, kind: MessageKind, replies: list[str]
) -> None:
    def fail(*_: object) -> Result:
        raise IndexUnavailable("It is gone.")

    await office.settings.set(TEAM, HERE, ChannelSettings(unasked=0.8), BEN)
    monkeypatch.setattr(office.handbook, "answer", fail)
    message = await office.ask("How do I book leave?", kind)
    received = await office.inbox.received(TEAM, HERE, message.ts)

    assert office.replies == replies
    assert received is not None
    assert not await office.inbox.adopt()


@pytest.mark.parametrize("edited", ["thanks", "ok?", "We book leave in the calendar."])
async def test_a_question_to_everybody_that_is_edited_to_a_remark_loses_its_answer(
    office: Office, edited: str
) -> None:
    await office.settings.set(TEAM, HERE, ChannelSettings(unasked=0.8), BEN)
    message = await office.ask("How do I book leave?", MessageKind.UNASKED)
    await office.reply(replace(message, event="Ev9", text=edited, edited="9.0"))

    assert office.replies == []
    assert len(office.handbook.asked) == 1


async def test_alone_with_the_bot_people_get_what_they_may_read(office: Office) -> None:
    office.directory.readers[ANNA] = HERS
    await office.ask("How do I book leave?", MessageKind.DIRECT)

    assert office.replies == [SAID.text]
    assert office.handbook.asked[0].reader == HERS
    assert office.status.titles == ["How do I book leave?"]


async def test_a_message_that_somebody_else_has_is_left_to_them(office: Office) -> None:
    message = office.message("How do I book leave?")

    with pytest.raises(NotOurs):
        await office.decisions.reply(message, None)
    assert office.replies == []
