"""A vague question gets buttons in return, and each reading is asked once."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.conversation.readings import reading_named
from footnote_bot.bot.flags.retraction import RETRACTED
from footnote_bot.bot.model import Clarify, Question, Reading, Result, Role, Source
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.slack.rendering import buttons
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.long import few

from .conftest import LEAVE, Bot, Handbook, until
from .flags import passed
from .test_answering_in_slack import ANNA, words
from .test_restarts import quiet

SICK = replace(LEAVE, heading="Sick <leave>", url="https://wiki.example.com/leave#sick", quote="")
ANNUAL = replace(LEAVE, quote="")
BACK = Clarify(
    "Do you mean \u201cAnnual leave\u201d or \u201cSick <leave>\u201d?",
    (
        Reading("Annual leave", "Leave > Annual leave: leave & rest?", ANNUAL),
        Reading("Sick <leave>", "Leave > Sick <leave>: leave & rest?", SICK),
    ),
    0.9,
)


class Vague(Handbook):
    """Asks back if the question is just ``leave``."""

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        if question.text == "leave?":
            self.asked.append(question)
            return BACK
        return super().answer(question, on_text)


@pytest.fixture(params=few(["socket", "http"], 1))
async def vague(request: pytest.FixtureRequest, bot: Bot, free_port: int) -> Vague:
    if request.param == "http":
        bot.change(app_token="", port=free_port)
        await bot.slack.deliver_to(f"http://127.0.0.1:{free_port}/slack/events")
    bot.answering = handbook = Vague()
    await bot.start()
    return handbook


async def in_channel(slack: LocalSlack) -> Message:
    """Ask as Anna in a channel; return the question that the bot asks in return."""
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    return await slack.wait_for_message("C0TEAM", thread_ts=question.ts)


async def answered(slack: LocalSlack, back: Message) -> Message:
    """Return the reply after the bot's question."""
    return await slack.wait_for_message(
        back.channel, lambda message: message.ts > back.ts, thread_ts=back.thread_ts
    )


def replies(slack: LocalSlack, back: Message) -> list[Message]:
    return [m for m in slack.from_app(back.channel, back.thread_ts) if m.ts > back.ts]


async def test_it_is_a_short_question_with_a_button_for_each_reading(
    vague: Vague, slack: LocalSlack
) -> None:
    back = await in_channel(slack)
    section, buttons, *small = back.blocks

    assert section["text"]["text"] == (
        "Do you mean \u201cAnnual leave\u201d or \u201cSick &lt;leave&gt;\u201d?"
    )
    assert [(b["text"]["text"], b["value"]) for b in buttons["elements"]] == [
        ("1. Annual leave", "1:1"),
        ("2. Sick <leave>", "1:2"),
    ]
    assert "reply with its number" in words(back)
    assert "1. <https://wiki.example.com/leave#annual|Leave &gt; Annual leave>" in words(back)
    assert {block["type"] for block in small} == {"context"}


async def test_a_press_asks_its_reading_in_the_thread_and_the_buttons_give_way(
    vague: Vague, slack: LocalSlack
) -> None:
    back = await in_channel(slack)
    delivery = await slack.click("U0BEN", back, "choice-2")
    answer = await answered(slack, back)
    await slack.wait_for(lambda: "chosen by ben" in words(back))

    assert delivery.acked
    assert answer.text == "Book leave in the calendar."
    assert vague.asked[-1].text == "Leave > Sick <leave>: leave & rest?"
    assert vague.asked[-1].reader == Principal.of(EVERYONE)
    assert (vague.asked[-1].person, vague.asked[-1].channel) == ("U0BEN", "C0TEAM")
    assert back.action_ids() == []
    assert ":arrow_right: *Sick &lt;leave&gt;*, chosen by ben" in words(back)
    assert "reply with its number" not in words(back)
    assert not [live for live in slack.live_pings(back) if live.kind != "link"]


async def test_the_rights_of_the_presser_count_in_a_direct_message(
    vague: Vague, slack: LocalSlack
) -> None:
    question = await slack.dm("U0ANNA", "leave?")
    back = await slack.wait_for_message(question.channel, thread_ts=question.ts)
    await slack.click("U0ANNA", back, "choice-1")
    await answered(slack, back)

    assert vague.asked[-1].reader == Principal.of(EVERYONE, *ANNA, "group:hr", "group:S0HR")
    assert ":arrow_right: *Annual leave*" in words(back)
    assert "chosen by" not in words(back)


async def test_the_first_question_goes_with_the_choice(vague: Vague, slack: LocalSlack) -> None:
    back = await in_channel(slack)
    await slack.click("U0ANNA", back, "choice-1")
    await answered(slack, back)

    assert [(turn.role, turn.text) for turn in vague.asked[-1].history] == [(Role.ASKER, "leave?")]


async def test_a_second_press_asks_nothing_and_is_told_so(
    bot: Bot, vague: Vague, slack: LocalSlack
) -> None:
    back = await in_channel(slack)
    before = replace(back, blocks=back.blocks)
    await slack.click("U0ANNA", before, "choice-1")
    await answered(slack, back)
    await slack.click("U0BEN", before, "choice-2")
    reply = await slack.wait_for_ephemeral("U0BEN")
    await quiet(bot)

    assert reply.text.startswith("This was already chosen")
    assert len(replies(slack, back)) == 1
    assert vague.asked[-1].text.startswith("Leave > Annual leave")


async def test_a_choice_outlives_a_restart(bot: Bot, vague: Vague, slack: LocalSlack) -> None:
    back = await in_channel(slack)
    await quiet(bot)
    vague.open.clear()
    before = replace(back, blocks=back.blocks)
    await slack.click("U0ANNA", before, "choice-1")
    begun = 3  # the first question's status was shown and cleared
    await slack.wait_for(lambda: len(slack.calls_to("assistant.threads.setStatus")) == begun)
    await bot.kill()
    none = replies(slack, back)
    vague.open.set()
    await bot.start()
    await answered(slack, back)
    await slack.click("U0ANNA", before, "choice-1")
    await slack.wait_for_ephemeral("U0ANNA")
    await quiet(bot)

    assert none == []
    assert len(replies(slack, back)) == 1


async def test_whoever_is_not_in_the_conversation_chooses_nothing(
    bot: Bot, vague: Vague, slack: LocalSlack
) -> None:
    slack.add_user("U0CARL", name="carl", email="carl@example.com")
    back = await in_channel(slack)
    buttons = back.blocks[1]["elements"][0] | {"value": "999:1"}
    press = await slack.click(
        "U0BEN", replace(back, blocks=[{**back.blocks[1], "elements": [buttons]}]), "choice-1"
    )
    await slack.wait_for_ephemeral("U0BEN")
    forged = copy.deepcopy(press.payload)
    forged["user"]["id"], forged["actions"][0]["value"] = "U0CARL", "1:1"
    slack.deliverer.begin("interactive", forged)
    await slack.settled()
    await slack.wait_for(lambda: len(slack.calls_to("conversations.members")) == 3)
    await quiet(bot)

    assert len(vague.asked) == 1
    assert back.action_ids() == ["choice-1", "choice-2"]


async def test_a_choice_is_of_its_own_conversation(
    bot: Bot, vague: Vague, slack: LocalSlack
) -> None:
    """A value that was made up or copied from another conversation opens nothing."""
    private = await slack.dm("U0ANNA", "leave?")
    back = await slack.wait_for_message(private.channel, thread_ts=private.ts)
    public = await in_channel(slack)
    forged = replace(public, blocks=back.blocks)
    await slack.click("U0BEN", forged, "choice-1")
    reply = await slack.wait_for_ephemeral("U0BEN")
    await quiet(bot)

    assert reply.text.startswith("I no longer know")
    assert len(vague.asked) == 2


@pytest.mark.parametrize("typed", ["2", "2.", "#2", "number 2", "sick leave", "Sick <leave>!"])
async def test_a_number_or_a_label_in_the_thread_chooses_too(
    bot: Bot, slack: LocalSlack, typed: str
) -> None:
    bot.answering = vague = Vague()
    await bot.start()
    back = await in_channel(slack)
    escaped = typed.replace("<", "&lt;").replace(">", "&gt;")
    await slack.mention("U0ANNA", "C0TEAM", escaped, thread_ts=back.thread_ts)
    answer = await answered(slack, back)

    assert answer.text == "Book leave in the calendar."
    assert vague.asked[-1].text == "Leave > Sick <leave>: leave & rest?"
    assert ":arrow_right: *Sick &lt;leave&gt;*, chosen by anna" in words(back)


async def test_after_a_choice_another_may_be_typed(bot: Bot, slack: LocalSlack) -> None:
    bot.answering = vague = Vague()
    await bot.start()
    back = await in_channel(slack)
    await slack.click("U0ANNA", back, "choice-1")
    await answered(slack, back)
    await slack.mention("U0ANNA", "C0TEAM", "2", thread_ts=back.thread_ts)
    await slack.wait_for(lambda: len(replies(slack, back)) == 2)

    assert vague.asked[-1].text.startswith("Leave > Sick <leave>")


@pytest.mark.parametrize("typed", ["0", "22", "annual leave for parents?"])
async def test_a_text_that_names_no_reading_is_a_new_question(
    bot: Bot, slack: LocalSlack, typed: str
) -> None:
    bot.answering = vague = Vague()
    await bot.start()
    back = await in_channel(slack)
    await slack.mention("U0ANNA", "C0TEAM", typed, thread_ts=back.thread_ts)
    await answered(slack, back)

    assert vague.asked[-1].text == typed
    assert back.action_ids() == ["choice-1", "choice-2"]


async def test_a_number_elsewhere_or_of_no_reading_chooses_nothing(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = vague = Vague()
    await bot.start()
    back = await in_channel(slack)
    question = await slack.mention("U0ANNA", "C0TEAM", "2")
    elsewhere = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.mention("U0ANNA", "C0TEAM", "3", thread_ts=back.thread_ts)
    in_thread = await answered(slack, back)

    assert elsewhere.text == in_thread.text == "There is nothing to choose with this number."
    assert len(vague.asked) == 1
    assert back.action_ids() == ["choice-1", "choice-2"]


async def test_a_choice_that_cannot_be_shown_is_asked_all_the_same(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = Vague()
    slack.fail_next("chat.update", error="cant_update_message")
    await bot.start()
    back = await in_channel(slack)
    await slack.click("U0ANNA", back, "choice-1")
    answer = await answered(slack, back)

    assert answer.text == "Book leave in the calendar."


async def test_a_reaction_brings_no_button_back(bot: Bot, slack: LocalSlack) -> None:
    bot.answering = Vague()
    await bot.start()
    back = await in_channel(slack)
    await slack.click("U0ANNA", back, "choice-1")
    await answered(slack, back)
    await slack.wait_for(lambda: "chosen by anna" in words(back))
    await quiet(bot)
    await slack.react("U0BEN", back, "-1")
    reply = await slack.wait_for_ephemeral("U0BEN")
    await slack.settled()

    assert reply.text.startswith("Noted: this answer did not help")
    assert back.action_ids() == []


async def test_a_question_in_return_is_taken_back_with_a_page_that_it_names(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.answering = vague = Vague()
    await bot.start()
    back = await in_channel(slack)
    await quiet(bot)
    before = replace(back, blocks=back.blocks)
    bot.library.restricted(LEAVE, "group:hr")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()
    await slack.click("U0BEN", before, "choice-1")
    reply = await slack.wait_for_ephemeral("U0BEN")
    await slack.mention("U0ANNA", "C0TEAM", "2", thread_ts=back.thread_ts)
    await answered(slack, back)

    assert back.text == RETRACTED.text
    assert "Leave" not in words(back)
    assert reply.text.startswith("I no longer know")
    assert [question.text for question in vague.asked] == ["leave?"]


def long(label: str) -> Clarify:
    source: Source = ANNUAL
    return Clarify("?", (Reading(label, label, source), Reading("Other", "Other", source)))


def test_a_label_is_cut_to_what_a_button_holds() -> None:
    [button, _] = buttons.choices(7, long("leave " * 30))["elements"]

    assert len(button["text"]["text"]) == 75
    assert button["value"] == "7:1"


@pytest.mark.parametrize(
    ("typed", "label"),
    [("1", "A b"), (" 1) ", "A b"), ("option 2", "C"), ("a B.", "A b"), ("3", ""), ("a", "")],
)
def test_which_reading_words_mean(typed: str, label: str) -> None:
    offered: Any = [Reading("A b", "", ANNUAL), Reading("C", "", ANNUAL)]
    reading = reading_named(typed, offered)

    assert (reading.label if reading else "") == label


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Setup of c++", "Setup of C++"),
        ("setup of  C#", "Setup of C#"),
        ("Setup of C", "Setup of C"),
        ("Setup of C?", ""),
        ("1. setup", ""),
    ],
)
def test_labels_that_differ_only_in_signs_are_told_apart(typed: str, label: str) -> None:
    offered: Any = [Reading(f"Setup of {name}", "", ANNUAL) for name in ("C", "C++", "C#")]
    reading = reading_named(typed, offered)

    assert (reading.label if reading else "") == label


@pytest.mark.parametrize(
    "typed", [":+1:", ":-1:", "+1", "-1", ":+1::skin-tone-2:", "\U0001f44d", "?"]
)
def test_a_thumb_chooses_no_reading(typed: str) -> None:
    offered: Any = [Reading("\U0001f389", "", ANNUAL), Reading("C", "", ANNUAL)]

    assert reading_named(typed, offered) is None


async def test_in_a_followed_thread_a_number_needs_no_mention(
    vague: Vague, slack: LocalSlack
) -> None:
    back = await in_channel(slack)
    await slack.say("U0ANNA", "C0TEAM", "2", thread_ts=back.thread_ts)
    answer = await answered(slack, back)

    assert answer.text == "Book leave in the calendar."
    assert vague.asked[-1].text == "Leave > Sick <leave>: leave & rest?"


@pytest.mark.parametrize("edited", [True, False])
async def test_a_question_that_is_edited_or_deleted_takes_along_what_was_chosen_of_it(
    vague: Vague, bot: Bot, slack: LocalSlack, edited: bool
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.click("U0ANNA", back, "choice-2")
    await answered(slack, back)
    await quiet(bot)
    if edited:
        await slack.edit(question, "<@U0LOCALBOT> leave abroad?")
    else:
        await slack.delete(question)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == int(edited))
    await quiet(bot)

    assert [m.text for m in slack.from_app("C0TEAM")] == ["Book leave in the calendar."] * edited


async def test_after_an_edit_that_says_too_little_again_there_is_another_choice(
    vague: Vague, bot: Bot, slack: LocalSlack
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.click("U0ANNA", back, "choice-2")
    await answered(slack, back)
    await quiet(bot)
    await slack.edit(question, "<@U0LOCALBOT>  leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 1)
    await quiet(bot)
    await slack.click("U0BEN", back, "choice-1")
    await answered(slack, back)
    await quiet(bot)

    assert len(replies(slack, back)) == 1
    assert vague.asked[-1].text == "Leave > Annual leave: leave & rest?"


async def test_a_choice_that_waited_while_its_question_was_edited_is_not_answered(
    vague: Vague, bot: Bot, slack: LocalSlack
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    vague.open.clear()
    busy = await slack.mention("U0BEN", "C0TEAM", "leave abroad?")
    await until(lambda: vague.asked[-1].text == "leave abroad?")
    await slack.click("U0ANNA", back, "choice-2")
    await slack.edit(question, "<@U0LOCALBOT> lunch?")
    await slack.settled()
    vague.open.set()
    await slack.wait_for_message("C0TEAM", thread_ts=busy.ts)
    await slack.wait_for(lambda: "found nothing" in words(back))
    await quiet(bot)

    assert replies(slack, back) == []
