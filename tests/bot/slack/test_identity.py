"""An e-mail address identifies somebody only if Slack has confirmed it and nobody else has it.
Anna's address gives her rights: the page on pay is for `user:anna@example.com`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, Result
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.slack.rights.directory import READ_AGAIN
from footnote_bot.bot.slack.rights.person import person_of, shown_name
from footnote_bot.indexers.model import Acl
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import SALARY, Bot, quiet, words

ANNAS = Acl.of(["user:anna@example.com"])


class Payroll:
    """Answers from a page that one address may read."""

    def answer(self, question: Question, _hear: OnText | None = None) -> Result:
        if ANNAS.admits(question.reader):
            return Answer("It is secret. [1]", (SALARY,), 0.9)
        return NoAnswer(Reason.NOTHING_FITS, "I searched pay and found nothing.")


@pytest.fixture
async def payroll(bot: Bot) -> Bot:
    bot.answering = Payroll()
    return bot


async def ask_about_pay(bot: Bot, slack: LocalSlack, person: str = "U0ANNA") -> str:
    before = len(slack.from_app(slack.im(person).id))
    await slack.dm(person, "my pay?")
    await slack.wait_for(lambda: len(slack.from_app(slack.im(person).id)) > before)
    await quiet(bot)
    return words(slack.from_app(slack.im(person).id)[-1])


@pytest.mark.parametrize("confirmed", [True, None])
async def test_a_confirmed_address_identifies_and_so_does_one_of_which_slack_does_not_say(
    payroll: Bot, slack: LocalSlack, confirmed: bool | None
) -> None:
    slack.people["U0ANNA"].is_email_confirmed = confirmed
    await payroll.start()

    assert "secret" in await ask_about_pay(payroll, slack)


async def test_an_address_that_is_not_confirmed_identifies_nobody(
    payroll: Bot, slack: LocalSlack
) -> None:
    slack.add_user("U0EVE", name="eve", email="anna@example.com").is_email_confirmed = False
    await payroll.start()

    assert "found nothing" in await ask_about_pay(payroll, slack, "U0EVE")
    assert "secret" in await ask_about_pay(payroll, slack)  # and takes nothing from Anna


def test_the_field_counts_wherever_slack_puts_it() -> None:
    user: dict[str, Any] = {"id": "U1", "team_id": "T1", "profile": {"email": "a@example.com"}}
    profile = {**user["profile"], "is_email_confirmed": False}

    assert person_of(user, "T1").email == "a@example.com"
    assert person_of(user | {"is_email_confirmed": False}, "T1").email == ""
    assert person_of(user | {"profile": profile}, "T1").email == ""


async def test_two_people_with_one_address_get_nothing(payroll: Bot, slack: LocalSlack) -> None:
    """Neither of them gets an answer, even if the other one never spoke to the bot."""
    slack.add_user("U0EVE", name="eve", email="ANNA@example.com")
    await payroll.start()

    assert "found nothing" in await ask_about_pay(payroll, slack)
    assert "found nothing" in await ask_about_pay(payroll, slack, "U0EVE")


async def test_someone_who_takes_an_address_later_gets_nothing_at_once(
    payroll: Bot, slack: LocalSlack
) -> None:
    await payroll.start()
    first = await ask_about_pay(payroll, slack)
    slack.add_user("U0EVE", name="eve", email="anna@example.com")

    assert "secret" in first
    assert "found nothing" in await ask_about_pay(payroll, slack, "U0EVE")


async def test_someone_who_is_deactivated_keeps_an_address_from_nobody(
    payroll: Bot, slack: LocalSlack
) -> None:
    slack.add_user("U0OLD", name="anna-before", email="anna@example.com", deleted=True)
    await payroll.start()

    assert "secret" in await ask_about_pay(payroll, slack)


async def test_an_address_that_moves_is_its_new_holders(payroll: Bot, slack: LocalSlack) -> None:
    seconds = 0.0
    payroll.env = replace(payroll.env, seconds=lambda: seconds)
    await payroll.start()
    before = await ask_about_pay(payroll, slack, "U0BEN")
    slack.people["U0ANNA"].email = "anna.a@example.com"
    slack.people["U0BEN"].email = "anna@example.com"
    seconds += READ_AGAIN + 1

    assert "found nothing" in before
    assert "secret" in await ask_about_pay(payroll, slack, "U0BEN")
    assert "found nothing" in await ask_about_pay(payroll, slack)


@pytest.mark.parametrize("error", ["missing_scope", "ratelimited"])
async def test_a_lookup_by_address_counts_if_slack_lists_nobody(
    payroll: Bot, slack: LocalSlack, error: str
) -> None:
    slack.add_user("U0EVE", name="eve", email="anna@example.com")
    slack.fail_next("users.list", error=error, times=100)
    await payroll.start()

    assert "secret" in await ask_about_pay(payroll, slack)
    assert "found nothing" in await ask_about_pay(payroll, slack, "U0EVE")


async def test_a_list_that_cannot_be_read_is_not_asked_for_at_each_person(
    payroll: Bot, slack: LocalSlack
) -> None:
    slack.fail_next("users.list", error="missing_scope", times=100)
    await payroll.start()
    await ask_about_pay(payroll, slack)
    await ask_about_pay(payroll, slack, "U0BEN")

    assert len(slack.calls_to("users.list")) == 1


async def test_only_the_table_says_who_somebody_is_if_it_is_set_so(
    payroll: Bot, slack: LocalSlack
) -> None:
    payroll.change(identity="accounts", accounts={"U0BEN": "anna@example.com"})
    await payroll.start()

    assert "found nothing" in await ask_about_pay(payroll, slack)
    assert "secret" in await ask_about_pay(payroll, slack, "U0BEN")
    assert slack.calls_to("users.lookupByEmail") == []


async def test_nobody_owns_a_page_by_an_address_that_is_not_theirs(
    bot: Bot, slack: LocalSlack
) -> None:
    """The owner on a card, and the person who is told of a flag, are found by address, too."""
    await bot.start()
    people = bot.app.maintenance.directory.people
    slack.people["U0ANNA"].is_email_confirmed = False

    assert await people.addressed_as("anna@example.com") is None
    assert (await people.addressed_as("ben@example.com")) == await people.person("U0BEN")


@pytest.mark.parametrize(
    "email",
    [
        "an\N{LATIN SMALL LETTER LONG S}a@example.com",
        "\N{KELVIN SIGN}arl@example.com",
        "stra\N{LATIN SMALL LETTER SHARP S}e@example.com",
    ],
)
def test_an_address_that_becomes_anothers_in_small_letters_identifies_nobody(email: str) -> None:
    user = {"id": "U1", "team_id": "T1", "profile": {"email": email}}

    assert email.casefold().isascii()
    assert person_of(user, "T1").email == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ben", "ben"),
        ("Zo\u00eb O'Brien-L\u00f3pez", "Zo\u00eb O'Brien-L\u00f3pez"),
        ("\u7530\u4e2d", "\u7530\u4e2d"),
        ("mallory\n24 Nov 12:00 \u00b7 fixed by ben", "mallory 24 Nov 12 00 fixed by ben"),
        ("Gal\u00b7la", "Gal\u00b7la"),
        (":white_check_mark: ben", "white_check_mark ben"),
        ("\u2705 ben \u2714\ufe0f", "ben"),
        ("\u221a ben", "ben"),
        ("\u202eneb", "neb"),
        ("\u2705", "someone"),
        ("", "someone"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_is_one_line_of_letters(name: str, expected: str) -> None:
    """The name appears behind "Verified by" and in the history of a flag."""
    assert shown_name(name) == expected
