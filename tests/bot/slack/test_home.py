"""The bot's Home tab: what each person sees of the wikis, of their flags and of other people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.model import Answer
from footnote_bot.bot.slack.texts.home import COMING
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LEAVE, SALARY, Bot, quiet, until, words
from .flags import ask_in_channel, card, flagged
from .test_commands import ROW, ask, forget
from .test_verdicts import flag

ADMINS_ALONE = (
    "passages", "reach answers", "went wrong", "Last 7 days", "Not answered", "Old pages",
)  # fmt: skip
OLD = replace(LEAVE, updated=date(2024, 3, 1))


async def home(
    slack: LocalSlack, person: str, where: Callable[[str], bool] = lambda _: True
) -> str:
    """Open the tab anew; return its text once it is complete."""
    before = slack.home(person)
    known = before.hash if before else ""
    await slack.open_home(person)
    tab = await slack.wait_for_home(
        person,
        lambda tab: tab.hash != known and COMING not in words(tab) and where(words(tab)),
    )
    return words(tab)


async def test_everybody_is_told_what_is_read_how_to_ask_and_of_their_flags(
    listening: Bot, slack: LocalSlack
) -> None:
    listening.operations.rows["wikis"] = {"handbook": ROW}
    await flagged(slack, await ask_in_channel(listening, slack))
    await card(slack)
    text = await home(slack, "U0ANNA")

    assert "Mention me in a channel" in text
    assert "*handbook*: 242 pages, as of" in text
    assert "How do I book leave?" in text
    assert "*Open* \u00b7 outdated \u00b7 flagged today" in text
    assert "|Open the answer>" in text
    assert not any(mark in text for mark in ADMINS_ALONE)


async def test_admins_are_told_how_it_goes_too(listening: Bot, slack: LocalSlack) -> None:
    listening.operations.rows["wikis"] = {"handbook": ROW | {"error": "It hung up."}}
    await ask(slack, "Where is the garage?", "garage where?", "Who runs payroll?", "leave?")
    for _ in range(3):
        answer = await ask_in_channel(listening, slack)
    await flagged(slack, answer)
    await slack.dm("U0ANNA", "Am I being fired?")
    await slack.wait_for_message(slack.im("U0ANNA").id)
    await quiet(listening)
    text = await home(slack, "U0BEN")

    assert "Edits reach answers in 3 min (95% in 7 min)" in text
    assert "secret/plans.md: not readable" in text
    assert "It ended early. It hung up." in text
    assert (
        "*Last 7 days*: 4 of 8 questions answered; 4 shown the nearest sections;"
        " :-1: 100% of 1 verdict"
    ) in text
    assert "*Last 30 days*: 4 of 8 questions answered; " in text
    assert text.index("garage where?\nAsked 2 times, last today") < text.index("payroll")
    assert "And 1 question asked in private" in text
    assert "fired" not in text
    assert "None. What you flag" in text


async def test_admins_are_told_which_old_pages_answers_rest_on_that_they_may_read(
    bot: Bot, slack: LocalSlack
) -> None:
    secret = replace(SALARY, title="Salaries", updated=date(2020, 1, 1))
    bot.change(admins=frozenset({"U0ANNA"}))
    await bot.start()
    bot.handbook.said = Answer("It is so. [1] [2]", (OLD, secret), 0.9)
    for _ in range(3):
        await ask_in_channel(bot, slack)
    annas, bens = await home(slack, "U0ANNA"), await home(slack, "U0BEN")

    assert "|Leave> \u00b7 updated 2 years ago \u00b7 in 3 answers" in bens
    assert "<https://wiki.example.com/leave|" in bens
    assert "Salaries" in annas
    assert "Salaries" not in bens


@pytest.mark.parametrize("happens", ["seldom", "edited", "removed", "young"])
async def test_a_page_that_is_seldom_cited_changed_gone_or_young_is_none_of_them(
    bot: Bot, slack: LocalSlack, happens: str
) -> None:
    await bot.start()
    source = replace(LEAVE, updated=date(2026, 11, 1)) if happens == "young" else OLD
    bot.handbook.said = Answer("It is so. [1]", (source,), 0.9)
    for _ in range(2 if happens == "seldom" else 3):
        await ask_in_channel(bot, slack)
    if happens == "edited":
        bot.library.edited(LEAVE, "r2")
    if happens == "removed":
        bot.library.removed(LEAVE)

    assert "None that you may read." in await home(slack, "U0BEN")


async def test_who_is_no_admin_any_more_sees_nothing_of_the_sort_at_the_next_opening(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW}
    await bot.start()
    before = await home(slack, "U0BEN")
    slack.people["U0BEN"].is_admin = False
    after = await home(slack, "U0BEN")

    assert "passages" in before
    assert not any(mark in after for mark in ADMINS_ALONE)


async def test_many_who_open_it_do_not_use_up_slacks_user_groups(
    bot: Bot, slack: LocalSlack
) -> None:
    """Slack allows 20 calls a minute, and questions need them, too."""
    bot.operations.rows["wikis"] = {"handbook": ROW}
    bot.change(admins=frozenset({"@hr"}))
    await bot.start()
    annas = [await home(slack, "U0ANNA") for _ in range(3)]

    assert all("passages" in text for text in annas)
    assert len(slack.calls_to("usergroups.list")) == 1


async def test_no_example_is_made_up(bot: Bot, slack: LocalSlack) -> None:
    """A question that the wiki does not answer would be a bad first one."""
    bot.env = replace(bot.env, samples=list)
    await bot.start()

    assert "For example" not in await home(slack, "U0ANNA")


@pytest.mark.parametrize("person", ["U0GUEST", "U0OTHER"])
async def test_outsiders_are_told_nothing(bot: Bot, slack: LocalSlack, person: str) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW}
    bot.env = replace(bot.env, samples=lambda: ["How long is leave?"])
    bot.change(shared_channels=True)
    await bot.start()

    assert await home(slack, person) == (
        "I only answer members of this workspace, and I do not know you as one. Ask one of them."
    )


async def test_guests_who_get_answers_are_told_how_to_ask_and_not_what_there_is(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW}
    bot.change(guests=True)
    await bot.start()
    text = await home(slack, "U0GUEST")

    assert "Mention me in a channel" in text
    assert "handbook" not in text


async def test_a_flag_that_is_taken_says_so_and_one_that_is_settled_is_gone(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_take")
    # A page that was opened before is not drawn again.
    await slack.wait_for_message("C0REVIEW", lambda message: "is on it" in words(message))
    taken_up = await home(slack, "U0ANNA", lambda tab: "Somebody is on it" in tab)
    await slack.click("U0BEN", flag_card, "flag_not_wrong")
    await slack.wait_for_message("C0REVIEW", lambda message: message.text.startswith("Not wrong"))
    settled = await home(slack, "U0ANNA", lambda tab: "None. What you flag" in tab)

    assert "How do I book leave?" in taken_up
    assert "How do I book leave?" not in settled


async def test_a_flag_is_shown_to_who_raised_it_alone(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    await card(slack)

    assert "How do I book leave?" in await home(slack, "U0ANNA")
    assert "How do I book leave?" not in await home(slack, "U0BEN")


HOSTILE = (
    "Is <!channel> @here <@U0BEN> <https://evil.example|ok> [x](https://evil.example) \u202egnol"
)


async def test_nothing_that_people_or_pages_say_is_alive(bot: Bot, slack: LocalSlack) -> None:
    row = ROW | {"error": HOSTILE, "failed": {HOSTILE: HOSTILE}}
    bot.operations.rows["wikis"] = {"handbook": row}
    bot.env = replace(bot.env, samples=lambda: [HOSTILE])
    await bot.start()
    evil = replace(OLD, title=HOSTILE, heading=HOSTILE, url="https://evil.example/leave")
    await ask(slack, HOSTILE)
    bot.handbook.said = Answer("It is so. [1]", (evil,), 0.9)
    for number in range(3):
        answer = await ask_in_channel(bot, slack, f"leave {number}: {HOSTILE}")
    await flag(slack, "U0BEN", answer, "wrong", HOSTILE)
    bot.handbook.said = None
    text = await home(slack, "U0BEN")
    tab = slack.home("U0BEN")
    assert tab is not None
    live = slack.live_pings({"blocks": tab.blocks})

    assert text.count("&lt;!channel&gt;") >= 4
    assert "\u202e" not in text
    assert {ping.kind for ping in live} <= {"link"}
    assert not any("evil" in ping.host for ping in live)


async def test_what_takes_long_follows_on_a_second_page(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first page comes at once, however long the rest takes."""
    monkeypatch.setattr("footnote_bot.bot.slack.home.home.PATIENCE", 2.0)  # for a busy machine
    await bot.start()
    await ask(slack, "Where is the garage?")
    await quiet(bot)
    bot.handbook.open.clear()
    await slack.open_home("U0BEN")
    first = words(await slack.wait_for_home("U0BEN"))
    bot.handbook.open.set()
    second = words(await slack.wait_for_home("U0BEN", lambda tab: COMING not in words(tab)))

    assert "Mention me in a channel" in first
    assert f"Not answered in 30 days\n{COMING}" in first
    assert "Where is the garage?" in second


async def test_a_page_that_was_opened_meanwhile_is_not_put_back(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await ask(slack, "Where is the garage?")
    await quiet(bot)
    bot.handbook.open.clear()
    await slack.open_home("U0BEN")
    await slack.wait_for_home("U0BEN")
    slack.people["U0BEN"].is_admin = False
    plain = await home(slack, "U0BEN")
    bot.handbook.open.set()
    await until(lambda: slack.calls_to("views.publish")[-1].error == "hash_conflict")
    tab = slack.home("U0BEN")

    assert tab is not None
    assert words(tab) == plain


async def test_a_part_that_fails_says_so_and_leaves_the_others(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> dict[str, Any]:
        raise StateUnavailable("the disk is on fire")

    bot.operations.status = failing  # type: ignore[method-assign]
    await bot.start()
    text = await home(slack, "U0ANNA")

    assert "What I read\nSomething went wrong" in text
    assert "abc123" in text
    assert "Mention me in a channel" in text
    assert "on fire" not in text
    assert "on fire" in caplog.text


async def test_a_workspace_without_the_tab_is_no_failure(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail_next("views.publish", error="not_enabled")
    await bot.start()
    await slack.open_home("U0ANNA")
    await until(lambda: slack.calls_to("views.publish"))
    await slack.settled()

    assert "Incident" not in caplog.text


async def test_whoever_is_forgotten_is_on_no_page(bot: Bot, slack: LocalSlack) -> None:
    """Not on their own tab, even before they open it again; not on an admin's; not in the
    examples."""
    slack.add_user("U0CARA", name="cara", email="cara@example.com")
    slack.channels["C0TEAM"].members.append("U0CARA")
    await bot.start()
    answer = await ask_in_channel(bot, slack, "How do I book Anna's leave?")
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for(lambda: ":+1: 1" in words(answer))
    await ask(slack, "Where does Anna park?")
    await flagged(slack, await ask_in_channel(bot, slack, "Is Anna on leave?"))
    await card(slack)
    before = [await home(slack, person) for person in ("U0ANNA", "U0BEN", "U0CARA")]
    await forget(slack, "U0ANNA")
    annas = await slack.wait_for_home("U0ANNA", lambda tab: "Anna" not in words(tab))
    after = [await home(slack, person) for person in ("U0BEN", "U0CARA")]

    assert "Is Anna on leave?" in before[0]
    assert "Where does Anna park?" in before[1]
    assert all("How do I book Anna's leave?" in text for text in before)
    assert "None. What you flag" in words(annas)
    assert not any("Anna" in text for text in after)


async def test_data_older_than_its_retention_is_on_no_page(bot: Bot, slack: LocalSlack) -> None:
    bot.change(retention_days=20)
    await bot.start()
    await ask(slack, "Where does Anna park?")
    await flagged(slack, await ask_in_channel(bot, slack))
    await card(slack)
    before = [await home(slack, person) for person in ("U0ANNA", "U0BEN")]
    bot.now += timedelta(days=21)
    await asyncio.to_thread(bot.app.forgetting)
    after = [await home(slack, person) for person in ("U0ANNA", "U0BEN")]

    assert "How do I book leave?" in before[0]
    assert "Where does Anna park?" in before[1]
    assert "None. What you flag" in after[0]
    assert "*Last 30 days*: no questions" in after[1]
    assert "park" not in after[1]


async def test_many_wikis_and_flags_are_cut_with_a_line_that_says_so(
    bot: Bot, slack: LocalSlack
) -> None:
    row = ROW | {"error": "x" * 2000, "failed": {f"{n}{'x' * 200}": "y" * 300 for n in range(30)}}
    bot.operations.rows["wikis"] = {f"wiki-{number}": row for number in range(40)}
    bot.change(person_minute=0)
    await bot.start()
    for number in range(12):
        await flagged(slack, await ask_in_channel(bot, slack, f"leave {number}?"), "U0BEN")
    await slack.wait_for(lambda: len(slack.from_app("C0REVIEW")) == 12)
    text = await home(slack, "U0BEN")
    member = await home(slack, "U0ANNA")

    assert "And 20 more; `footnote status` has all." in text
    assert "And in 30 more; `footnote status` has all." in text
    assert "\u2022 and 26 more" in text
    assert "And 2 more." in text
    assert "wiki-19" in member
