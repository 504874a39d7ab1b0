"""`/wiki settings`: how the bot behaves in a channel."""

from __future__ import annotations

import pytest

from footnote_bot.config.settings import Settings
from footnote_bot.playground.slack.model import Message, View
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, words


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    slack.add_channel("C0FLAGS", name="flags", members=["U0ANNA"])
    return slack


async def opened(slack: LocalSlack, person: str = "U0ANNA", channel: str = "C0HERS") -> View:
    await slack.command(person, channel, "/wiki", "settings")
    return await slack.wait_for_view(person)


async def choose(slack: LocalSlack, **values: object) -> None:
    """Anna made the channel."""
    view = await opened(slack)
    assert (await slack.submit("U0ANNA", view, values)).accepted
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "Saved" in message.text)


async def ask(slack: LocalSlack, text: str = "leave?") -> Message:
    question = await slack.mention("U0ANNA", "C0HERS", text)
    return await slack.wait_for_message("C0HERS", thread_ts=question.ts)


@pytest.mark.parametrize("person", ["U0ANNA", "U0BEN"])
async def test_whoever_made_the_channel_and_admins_set_it(
    listening: Bot, slack: LocalSlack, person: str
) -> None:
    view = await opened(slack, person)

    assert view.callback_id == "channel_settings"
    assert (await slack.submit(person, view)).accepted


@pytest.mark.parametrize(
    ("person", "words"),
    [("U0CAT", "Only the person who made"), ("U0GUEST", "members of this workspace")],
)
async def test_others_may_not(bot: Bot, slack: LocalSlack, person: str, words: str) -> None:
    slack.add_user("U0CAT", name="cat", email="cat@example.com")
    slack.channels["C0HERS"].members += ["U0CAT", "U0GUEST"]
    await bot.start()
    await slack.command(person, "C0HERS", "/wiki", "settings")
    reply = await slack.wait_for_ephemeral(person)

    assert words in reply.text
    assert slack.views(person) == []


async def test_who_may_set_is_looked_at_again_when_the_form_is_sent(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    view = await opened(slack, "U0BEN")
    slack.people["U0BEN"].is_admin = False
    await slack.submit("U0BEN", view, {"sees": "asker"})
    await slack.wait_for_ephemeral("U0BEN", lambda message: "Only the person" in message.text)
    answer = await ask(slack)

    assert answer.text == "Book leave in the calendar."


@BOTH_WAYS
async def test_the_wikis_of_a_channel_are_searched_in_it_and_the_choice_survives_a_restart(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, wikis=["space"])
    await ask(slack)
    await bot.stop()
    await bot.start()
    await ask(slack)
    direct = await slack.dm("U0ANNA", "leave?")
    await slack.wait_for_message(direct.channel)
    view = await opened(slack)
    chosen = view.elements()[0]["initial_options"]

    assert [question.wikis for question in bot.handbook.asked] == [("space",), ("space",), None]
    assert [option["value"] for option in chosen] == ["space"]


async def test_the_language_of_a_channel_is_asked_for_in_it_and_nowhere_else(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await choose(slack, language="german")
    await ask(slack)
    await bot.stop()
    await bot.start()
    view = await opened(slack)
    (select,) = [element for element in view.elements() if element["type"] == "static_select"]
    direct = await slack.dm("U0ANNA", "leave?")
    await slack.wait_for_message(direct.channel)
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await choose(slack, language="of-the-question")
    await ask(slack)

    assert select["initial_option"]["value"] == "german"
    assert [question.language for question in bot.handbook.asked] == ["german", "", "", ""]


@pytest.mark.parametrize(
    ("composed", "hint"), [(True, "I answer in it"), (False, "no language model is set")]
)
async def test_the_form_says_what_a_language_does(
    bot: Bot, slack: LocalSlack, composed: bool, hint: str
) -> None:
    bot.change(provider="compatible" if composed else "", model="small", url="http://localhost:1")
    await bot.start()
    view = await opened(slack)
    (hints,) = [block["hint"]["text"] for block in view.blocks if "hint" in block]

    assert hint in hints


async def test_a_language_that_the_settings_offer_no_more_stays_until_another_is_chosen(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.start()
    await choose(slack, language="german")
    await bot.stop()
    monkeypatch.setattr(Settings, "answer_languages", ("english",))
    await bot.start()
    await choose(slack, sees="all")
    await ask(slack)

    assert bot.handbook.asked[-1].language == "german"


async def test_answers_to_the_asker_alone_follow_their_rights_and_can_be_shared(
    listening: Bot, slack: LocalSlack
) -> None:
    await choose(slack, sees="asker")
    question = await slack.mention("U0ANNA", "C0HERS", "leave and salary?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))
    await quiet(listening)
    assert slack.from_app("C0HERS") == []
    await slack.click("U0ANNA", answer, "share_answer")
    shared = await slack.wait_for_message("C0HERS", thread_ts=question.ts)

    assert answer.thread_ts is None  # nothing is in the thread yet
    assert shared.text == "Book leave in the calendar."
    assert "secret" not in words(shared)


async def test_questions_that_nobody_asked_of_it_are_answered_above_the_set_confidence(
    listening: Bot, slack: LocalSlack
) -> None:
    before = await slack.say("U0BEN", "C0HERS", "How long is leave?")
    await quiet(listening)
    await choose(slack, unasked="0.8")
    sure = await slack.say("U0BEN", "C0HERS", "How long is leave?")
    unsure = await slack.say("U0BEN", "C0HERS", "What is for lunch?")
    await slack.say("U0BEN", "C0HERS", "I took leave.")
    await slack.say("U0BEN", "C0TEAM", "How long is leave?")
    await slack.wait_for_message("C0HERS", thread_ts=sure.ts)
    await quiet(listening)

    assert [message.thread_ts for message in slack.from_app("C0HERS")] == [sure.ts]
    assert slack.from_app("C0TEAM") == []
    assert not slack.statuses.get(("C0HERS", unsure.ts))
    assert before.ts not in {message.root for message in slack.from_app("C0HERS")}


async def test_what_is_less_sure_stays_unsaid(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    bot.handbook.confidence = 0.7
    await choose(slack, unasked="0.9")
    await slack.say("U0BEN", "C0HERS", "How long is leave?")
    await quiet(bot)

    assert slack.from_app("C0HERS") == []
    assert len(bot.handbook.asked) == 1


async def test_flags_of_a_channel_go_where_it_says(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await choose(slack, review="C0FLAGS")
    answer = await ask(slack)
    await slack.click("U0ANNA", answer, "verdict", "negative")
    await slack.submit("U0ANNA", await slack.wait_for_view("U0ANNA"), {"choice": "wrong"})
    card = await slack.wait_for_message("C0FLAGS")

    assert "leave?" in words(card)
    assert slack.from_app("C0REVIEW") == []


async def test_flags_go_to_no_channel_that_the_bot_is_not_in(bot: Bot, slack: LocalSlack) -> None:
    """The bot could not post cards there, and nobody would see the flags."""
    await bot.start()
    await slack.submit("U0ANNA", await opened(slack), {"review": "C0NOBOT"})
    reply = await slack.wait_for_ephemeral("U0ANNA")

    assert reply.text.startswith("I am not in that channel")


async def test_there_is_nothing_to_set_where_the_bot_is_not(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.command("U0BEN", "C0NOBOT", "/wiki", "settings")
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert reply.text == "Use this in a channel that I am in: it sets how I answer there."
    assert slack.views("U0BEN") == []


async def test_there_is_nothing_to_set_in_a_direct_conversation(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    direct = slack.im("U0ANNA").id
    await slack.command("U0ANNA", direct, "/wiki", "settings")
    reply = await slack.wait_for_ephemeral("U0ANNA")

    assert reply.text.startswith("Use this in a channel")
