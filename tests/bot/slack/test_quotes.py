"""An answer says so if it left something out. The pages' own words go only to the person who asks
for them, with that person's rights at that time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote_bot.bot.conversation.quotes import FORGOTTEN, NOTHING
from footnote_bot.bot.conversation.texts import ONLY_YOU_QUOTES
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, Result, Tone
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.slack.rendering.buttons import SHOW_QUOTES as SHOW
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import HR, LEAVE, SALARY, Bot, Handbook, quiet, words
from .test_crafted_presses import button, press, pressed

LEFT_OUT = "I left out one statement that I could not verify."
QUOTED = '"It is secret."'


class Composing(Handbook):
    """Composes for everyone, and quotes a page of the group ``hr`` to those who may read it."""

    tone = Tone.ANSWER

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        self.asked.append(question)
        if not question.quoting:
            text = "Book leave in the calendar. [1]"
            return Answer(text, (LEAVE,), 0.9, composed=True, left_out=1)
        if HR.admits(question.reader):
            return Answer(f"{QUOTED} [1]", (SALARY,), 0.9, tone=self.tone)
        return super().answer(replace(question, text="salary"))


@pytest.fixture
def handbook(bot: Bot) -> Composing:
    bot.answering = handbook = Composing()
    return handbook


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_user("U0MAL", name="mallory", email="mallory@example.com")
    slack.add_channel("C0OTHER", name="other", members=["U0MAL"])
    return slack


async def answered(bot: Bot, slack: LocalSlack) -> Message:
    question = await slack.mention("U0BEN", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    return answer


def shown_to(slack: LocalSlack, person: str) -> list[str]:
    return [words(message) for message in slack.ephemerals(person)]


async def test_an_incomplete_answer_says_so_with_a_button(
    bot: Bot, slack: LocalSlack, handbook: Composing
) -> None:
    await bot.start()
    answer = await answered(bot, slack)

    assert LEFT_OUT in words(answer)
    assert SHOW in answer.action_ids()


async def test_only_the_presser_sees_quotes_with_their_own_rights(
    bot: Bot, slack: LocalSlack, handbook: Composing
) -> None:
    await bot.start()
    answer = await answered(bot, slack)
    before = len(slack.from_app("C0TEAM"))
    await slack.click("U0ANNA", answer, SHOW)
    await slack.settled()
    await bot.app.failures.finish(5)

    (quotes,) = shown_to(slack, "U0ANNA")
    assert "It is secret." in quotes
    assert ONLY_YOU_QUOTES in quotes
    assert "Show the quotes" not in quotes
    assert len(slack.from_app("C0TEAM")) == before
    assert shown_to(slack, "U0BEN") == []
    question = handbook.asked[-1]
    assert (question.quoting, question.person, question.text) == (True, "U0ANNA", "leave?")


async def test_what_only_the_presser_sees_has_no_button_about_the_answer_that_all_see(
    bot: Bot, slack: LocalSlack, handbook: Composing
) -> None:
    handbook.tone = Tone.CLOSEST
    await bot.start()
    answer = await answered(bot, slack)
    await slack.click("U0ANNA", answer, SHOW)
    await slack.settled()
    await bot.app.failures.finish(5)

    (quotes,) = slack.ephemerals("U0ANNA")
    assert "It is secret." in words(quotes)
    assert quotes.action_ids() == []


async def test_who_may_read_nothing_of_it_now_is_shown_nothing(
    bot: Bot, slack: LocalSlack, handbook: Composing
) -> None:
    await bot.start()
    answer = await answered(bot, slack)
    await slack.click("U0BEN", answer, SHOW)
    await slack.settled()
    await bot.app.failures.finish(5)

    assert shown_to(slack, "U0BEN") == [NOTHING.text]


async def test_a_press_from_outside_the_channel_gets_nothing(
    bot: Bot, slack: LocalSlack, handbook: Composing
) -> None:
    await bot.start()
    answer = await answered(bot, slack)
    many = len(handbook.asked)
    await press(bot, slack, pressed(slack, "U0MAL", answer, button(SHOW, "1")))
    elsewhere = replace(answer, channel="C0OTHER")
    await press(bot, slack, pressed(slack, "U0MAL", elsewhere, button(SHOW, "1")))
    await press(bot, slack, pressed(slack, "U0MAL", elsewhere, button(SHOW, "99")))

    assert len(handbook.asked) == many, "nothing is searched for them"
    assert {FORGOTTEN.text} == set(shown_to(slack, "U0MAL"))


async def test_an_answer_that_is_whole_has_no_button(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    answer = await answered(bot, slack)
    await press(bot, slack, pressed(slack, "U0BEN", answer, button(SHOW, "1")))

    assert SHOW not in answer.action_ids()
    assert shown_to(slack, "U0BEN") == [FORGOTTEN.text]


class Closed(Composing):
    """Composes for the group ``hr``, and finds nothing for anybody else."""

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        if HR.admits(question.reader):
            return super().answer(question, on_text)
        self.asked.append(question)
        return NoAnswer(Reason.NOTHING_FITS, "I found nothing.")


async def test_quotes_stand_behind_a_private_answer_where_the_channel_got_none(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = Closed()
    slack.add_channel("C0MIX", name="mix", kind="group", members=["U0ANNA", "U0BEN"])
    await bot.start()
    await slack.mention("U0ANNA", "C0MIX", "leave?")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: SHOW in message.action_ids())
    await quiet(bot)
    await slack.click("U0ANNA", answer, SHOW)
    quotes = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: ONLY_YOU_QUOTES in words(message)
    )

    assert "It is secret." in words(quotes)


async def test_only_who_asked_is_shown_quotes_where_the_channel_got_no_answer(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = closed = Closed()
    slack.add_channel("C0MIX", name="mix", kind="group", members=["U0ANNA", "U0BEN"])
    await bot.start()
    await slack.mention("U0BEN", "C0MIX", "leave?")
    silence = await slack.wait_for_message("C0MIX")
    await quiet(bot)
    many = len(closed.asked)
    await press(bot, slack, pressed(slack, "U0ANNA", silence, button(SHOW, "1")))

    assert shown_to(slack, "U0ANNA") == [FORGOTTEN.text]
    assert len(closed.asked) == many, "nothing is searched for her"
