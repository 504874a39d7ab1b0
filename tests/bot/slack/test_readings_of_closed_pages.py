"""A chosen reading is in the words of its page. Whoever may not read that page is shown what was
asked before the choice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.flags.texts import FLAG_HANDLED
from bot.model import Answer, Clarify, Reading, Result
from bot.playground.model import Message
from bot.playground.workspace import LocalSlack
from indexers.model import EVERYONE

from .conftest import LEAVE, SALARY, Bot, quiet, words
from .flags import card, flagged, written
from .test_digest import DUE, at, digests
from .test_home import home
from .test_publishing import announced
from .test_writing_the_answer import filled, form

HR = "group:hr"
"""Anna is of it."""
BOARD = "group:board"
"""Nobody is."""
READINGS = (
    Reading("Salaries", "pay: Salaries?", SALARY),
    Reading("Leave", "pay: Leave?", LEAVE),
)


async def chosen(
    bot: Bot, slack: LocalSlack, number: int = 1, said: Result | None = None
) -> Message:
    """The answer to a reading that Anna chose in the channel while everyone could read its page."""
    bot.library.restricted(SALARY, EVERYONE)
    bot.handbook.said = Clarify("Salaries or Leave?", READINGS)
    question = await slack.mention("U0ANNA", "C0TEAM", "pay?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    bot.handbook.said = said
    await slack.click("U0ANNA", back, f"choice-{number}")
    answer = await slack.wait_for_message(
        "C0TEAM", lambda one: one.ts > back.ts, thread_ts=question.ts
    )
    await quiet(bot)
    return answer


async def flagged_choice(bot: Bot, slack: LocalSlack, closed_to: str) -> Message:
    """The card of Anna's flag, after the page of her chosen reading was closed."""
    await bot.start()
    await flagged(slack, await chosen(bot, slack))
    shown = await card(slack)
    bot.library.restricted(SALARY, closed_to)
    return shown


Told = Callable[[Bot, LocalSlack], Awaitable[str]]


async def listed(slack: LocalSlack, command: str, heading: str) -> str:
    """What Ben is told, beside thanks for his flag."""
    await slack.command("U0BEN", "C0TEAM", "/wiki", command)
    return words(await slack.wait_for_ephemeral("U0BEN", lambda one: heading in words(one)))


async def flags_command(_: Bot, slack: LocalSlack) -> str:
    return await listed(slack, "flags", "open flag")


async def gaps_command(_: Bot, slack: LocalSlack) -> str:
    return await listed(slack, "gaps", "did not answer")


async def home_of_admin(_: Bot, slack: LocalSlack) -> str:
    """Who flagged it, too."""
    return await home(slack, "U0BEN")


async def digest(bot: Bot, slack: LocalSlack) -> str:
    await at(bot, DUE)
    return words(digests(slack)[0])


@pytest.mark.parametrize("told", [flags_command, gaps_command, home_of_admin, digest])
@pytest.mark.parametrize(("number", "asked"), [(1, "pay?"), (2, "pay: Leave?")])
async def test_what_others_are_shown_of_a_choice_names_no_page_that_they_may_not_read(
    bot: Bot, slack: LocalSlack, told: Told, number: int, asked: str
) -> None:
    def now() -> float:
        return bot.now.timestamp()

    slack.clock = now
    bot.change(digest=True, digest_day="wednesday")
    await bot.start()
    answer = await chosen(bot, slack, number)
    await flagged(slack, answer, "U0BEN")
    await card(slack)
    bot.library.restricted(SALARY, BOARD)
    shown = await told(bot, slack)

    assert "Salaries" not in shown
    assert asked in shown


async def test_whoever_chose_is_shown_their_choice_while_they_may_read_its_page(
    bot: Bot, slack: LocalSlack
) -> None:
    await flagged_choice(bot, slack, HR)

    assert "pay: Salaries?" in await home(slack, "U0ANNA")


async def test_a_flag_that_is_handled_names_no_page_that_its_person_may_not_read_any_more(
    bot: Bot, slack: LocalSlack
) -> None:
    shown = await flagged_choice(bot, slack, BOARD)
    await slack.click("U0BEN", shown, "flag_fixed")
    told = await slack.wait_for_message(slack.im("U0ANNA").id)

    assert FLAG_HANDLED in words(told)
    assert "pay?" in words(told)
    assert "Salaries" not in words(told)


async def test_a_question_is_asked_again_for_everybody_in_words_that_everybody_may_read(
    bot: Bot, slack: LocalSlack
) -> None:
    """What it finds, or does not find, may repeat them."""
    shown = await flagged_choice(bot, slack, BOARD)
    bot.handbook.asked.clear()
    await slack.click("U0BEN", shown, "flag_fixed")
    await slack.wait_for_message(slack.im("U0ANNA").id)

    assert "Salaries" not in str([(one.text, one.history) for one in bot.handbook.asked])


async def test_an_answer_is_written_to_the_words_that_reviewers_may_read_and_told_for_them(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    shown = await flagged_choice(bot, slack, HR)
    bot.handbook.asked.clear()
    view = await form(slack, shown)
    assert (await slack.submit("U0BEN", view, filled(view, "Ask Mallory."))).accepted
    said = await announced(slack)
    await slack.wait_for_message(slack.im("U0ANNA").id)
    kept = await slack.wait_for_message(slack.im("U0BEN").id)

    assert [one.text for one in bot.handbook.asked] == ["pay?", "pay?"]
    assert written(bot, tmp_path) == [("pay?", "Ask Mallory.", "ben")]
    assert "Salaries" not in words(said) + said.text + words(kept)


async def test_a_chosen_reading_is_suggested_to_nobody(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    answer = await chosen(bot, slack, 2, Answer("It is paid. [1]", (LEAVE,), 0.9))
    await slack.click("U0BEN", answer, "verdict", "positive")
    await quiet(bot)

    assert "pay" not in await home(slack, "U0ANNA")
