"""A chosen reading contains words of its page. People who may not read that page see the question
from before the choice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.flags.texts import (
    FLAG_HANDLED,
    HANDLED_WITHOUT_QUESTION,
    NO_PAGES,
    QUESTION_LOST,
)
from footnote_bot.bot.model import Answer, Clarify, Reading, Result
from footnote_bot.bot.state.schema import answers
from footnote_bot.indexers.model import EVERYONE
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LEAVE, SALARY, Bot, quiet, words
from .flags import card, database, flagged, written_answers
from .test_digest import DUE, at, digests
from .test_home import home
from .test_publishing import announced
from .test_writing_the_answer import filled, form

HR = "group:hr"
"""Anna is in this group."""
BOARD = "group:board"
"""Nobody is in this group."""
READINGS = (
    Reading("Salaries", "pay: Salaries?", SALARY),
    Reading("Leave", "pay: Leave?", LEAVE),
)


async def chosen(
    bot: Bot, slack: LocalSlack, number: int = 1, result: Result | None = None
) -> Message:
    """Choose a reading as Anna in the channel while everyone may read its page; return the
    answer."""
    bot.library.restricted(SALARY, EVERYONE)
    bot.handbook.said = Clarify("Salaries or Leave?", READINGS)
    question = await slack.mention("U0ANNA", "C0TEAM", "pay?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    bot.handbook.said = result
    await slack.click("U0ANNA", back, f"choice-{number}")
    answer = await slack.wait_for_message(
        "C0TEAM", lambda message: message.ts > back.ts, thread_ts=question.ts
    )
    await quiet(bot)
    return answer


async def flagged_choice(bot: Bot, slack: LocalSlack, closed_to: str) -> Message:
    """Return the card of Anna's flag, after the page of her chosen reading was closed."""
    await bot.start()
    await flagged(slack, await chosen(bot, slack))
    flag_card = await card(slack)
    bot.library.restricted(SALARY, closed_to)
    return flag_card


Told = Callable[[Bot, LocalSlack], Awaitable[str]]
Choosing = Callable[[LocalSlack, Message], Awaitable[None]]
Changed = Callable[[Bot, LocalSlack, Message], Awaitable[str]]


async def run_command(slack: LocalSlack, command: str, heading: str) -> str:
    """Run a command as Ben; return the reply, without the thanks for his flag."""
    await slack.command("U0BEN", "C0TEAM", "/wiki", command)
    return words(await slack.wait_for_ephemeral("U0BEN", lambda message: heading in words(message)))


async def flags_command(_: Bot, slack: LocalSlack) -> str:
    return await run_command(slack, "flags", "open flag")


async def gaps_command(_: Bot, slack: LocalSlack) -> str:
    return await run_command(slack, "gaps", "did not answer")


async def home_of_admin(_: Bot, slack: LocalSlack) -> str:
    """Return the Home tab of Ben, who also flagged the answer."""
    return await home(slack, "U0BEN")


async def digest(bot: Bot, slack: LocalSlack) -> str:
    await at(bot, DUE)
    return words(digests(slack)[0])


@pytest.mark.parametrize("read_text", [flags_command, gaps_command, home_of_admin, digest])
@pytest.mark.parametrize(("number", "expected"), [(1, "pay?"), (2, "pay: Leave?")])
async def test_a_choice_shows_others_no_page_that_they_may_not_read(
    bot: Bot, slack: LocalSlack, read_text: Told, number: int, expected: str
) -> None:
    def now() -> float:
        return bot.now.timestamp()

    slack.clock = now
    bot.change(digest="wednesday 09:00")
    await bot.start()
    answer = await chosen(bot, slack, number)
    await flagged(slack, answer, "U0BEN")
    await card(slack)
    bot.library.restricted(SALARY, BOARD)
    text = await read_text(bot, slack)

    assert "Salaries" not in text
    assert expected in text


async def edited(bot: Bot, slack: LocalSlack, question: Message) -> str:
    """Edit Anna's first question into another one. Return the question that others see: her
    question from before the choice."""
    bot.handbook.said = Answer("Book leave in the calendar. [1]", (LEAVE,), 0.9)
    await slack.edit(question, f"{question.text}, please?")
    await quiet(bot)
    return "pay?"


async def forgotten(bot: Bot, slack: LocalSlack, _: Message) -> str:
    """Forget Carl, who asked first, and his words."""
    await slack.command("U0CARL", "C0HR", "/wiki", "forget me")
    sure = await slack.wait_for_ephemeral("U0CARL", lambda message: "Shall I" in words(message))
    await slack.click("U0CARL", sure, "forget_me")
    await slack.wait_for(lambda: "Deleted" in sure.text)
    return QUESTION_LOST


async def spelled_out(slack: LocalSlack, back: Message) -> None:
    await slack.mention("U0ANNA", back.channel, "Salaries", thread_ts=back.thread_ts)


async def pressed(slack: LocalSlack, back: Message) -> None:
    await slack.click("U0ANNA", back, "choice-1")


@pytest.mark.parametrize("choose", [pressed, spelled_out])
@pytest.mark.parametrize("change", [edited, forgotten])
async def test_a_choice_names_no_closed_page_once_what_was_asked_first_is_gone(
    bot: Bot, slack: LocalSlack, choose: Choosing, change: Changed
) -> None:
    """The page is always closed to others: Anna and Carl ask in a channel where both may read
    it."""
    slack.add_user("U0CARL", name="carl", email="carl@example.com")
    slack.add_usergroup("S0HR", handle="hr", users=["U0ANNA", "U0CARL"])
    slack.add_channel("C0HR", name="hr", kind="group", members=["U0ANNA", "U0CARL"])
    await bot.start()
    bot.handbook.said = Clarify("Salaries or Leave?", READINGS)
    question = await slack.mention("U0CARL", "C0HR", "pay?")
    back = await slack.wait_for_message("C0HR", thread_ts=question.ts)
    await quiet(bot)
    bot.handbook.said = Answer("It is secret. [1]", (SALARY,), 0.9)
    await choose(slack, back)
    answer = await slack.wait_for_message(
        "C0HR", lambda message: "secret" in words(message), thread_ts=question.ts
    )
    await quiet(bot)
    await flagged(slack, answer)
    flag_card = await card(slack)
    expected = await change(bot, slack, question)
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "ben is on it" in words(flag_card))
    bot.handbook.asked.clear()
    flags_text = await flags_command(bot, slack)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for(lambda: "flag_reopen" in flag_card.action_ids())
    await quiet(bot)

    assert "Salaries" not in words(flag_card) + flags_text + str(
        [question.text for question in bot.handbook.asked]
    )
    assert expected in words(flag_card)
    assert expected in flags_text


async def test_a_choice_without_its_first_question_shows_nobody_a_word(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """A version before schema 20 wrote it, and the first question is deleted."""
    await bot.start()
    answer = await chosen(bot, slack)
    await flagged(slack, answer)
    flag_card = await card(slack)
    with database(tmp_path) as opened, opened.begin() as connection:
        connection.execute(sa.delete(answers).where(answers.c.question == "pay?"))
        connection.execute(sa.update(answers).values(chosen=None))
    gaps = await run_command(slack, "gaps", "may show")
    bot.handbook.asked.clear()
    await slack.click("U0BEN", flag_card, "flag_answer")
    refused = await slack.wait_for_view("U0BEN", lambda view: NO_PAGES[:30] in str(view.blocks))
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    await slack.wait_for(lambda: "told" in words(flag_card))

    assert "Salaries" not in words(flag_card) + words(notice) + gaps + str(refused.blocks)
    assert bot.handbook.asked == []
    assert HANDLED_WITHOUT_QUESTION in words(notice)
    assert QUESTION_LOST in words(flag_card)
    assert "And 1 question asked in private" in gaps


async def test_whoever_chose_is_shown_their_choice_while_they_may_read_its_page(
    bot: Bot, slack: LocalSlack
) -> None:
    await flagged_choice(bot, slack, HR)

    assert "pay: Salaries?" in await home(slack, "U0ANNA")


async def test_a_flag_that_is_handled_names_no_page_that_its_person_may_not_read_any_more(
    bot: Bot, slack: LocalSlack
) -> None:
    flag_card = await flagged_choice(bot, slack, BOARD)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)

    assert FLAG_HANDLED in words(notice)
    assert "pay?" in words(notice)
    assert "Salaries" not in words(notice)


async def test_a_question_is_asked_again_for_everybody_in_words_that_everybody_may_read(
    bot: Bot, slack: LocalSlack
) -> None:
    """Its result, or the lack of one, may repeat them."""
    flag_card = await flagged_choice(bot, slack, BOARD)
    bot.handbook.asked.clear()
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for_message(slack.im("U0ANNA").id)

    assert "Salaries" not in str(
        [(question.text, question.history) for question in bot.handbook.asked]
    )


async def test_an_answer_is_written_to_the_words_that_reviewers_may_read_and_told_for_them(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    flag_card = await flagged_choice(bot, slack, HR)
    bot.handbook.asked.clear()
    view = await form(slack, flag_card)
    assert (await slack.submit("U0BEN", view, filled(view, "Ask Mallory."))).accepted
    announcement = await announced(slack)
    await slack.wait_for_message(slack.im("U0ANNA").id)
    bens_notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert [question.text for question in bot.handbook.asked] == ["pay?", "pay?"]
    assert written_answers(bot, tmp_path) == [("pay?", "Ask Mallory.", "ben")]
    assert "Salaries" not in words(announcement) + announcement.text + words(bens_notice)


async def test_a_chosen_reading_is_suggested_to_nobody(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    answer = await chosen(bot, slack, 2, Answer("It is paid. [1]", (LEAVE,), 0.9))
    await slack.click("U0BEN", answer, "verdict", "positive")
    await quiet(bot)

    assert "pay" not in await home(slack, "U0ANNA")
