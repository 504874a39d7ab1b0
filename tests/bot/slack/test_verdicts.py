"""Good or bad, and the reason: stored, confirmed in the message, shown to reviewers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import UNSETTLED, Complaint, FlagState
from footnote_bot.bot.flags.texts import ASKED, DOUBTED, FLAG_HANDLED, QUESTION_HANDLED
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.stores import in_threads
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, NOW, Bot
from .test_answering_in_slack import words
from .test_restarts import quiet


@pytest.fixture
async def answer(bot: Bot, slack: LocalSlack) -> Message:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await slack.wait_for_message("C0TEAM")
    # Nobody fills in a form before the place of the answer is stored.
    await quiet(bot)
    return answer


@pytest.fixture
def feedback(answer: Message, tmp_path: Path) -> Feedback:
    """Open the same database a second time, as `footnote flags` does."""
    return Feedback(in_threads(DatabaseAnswers(Database.open(tmp_path / "state.db"))), lambda: NOW)


async def flag(
    slack: LocalSlack, person: str, answer: Message, complaint: str, comment: str = ""
) -> None:
    delivery = await slack.click(person, answer, "verdict", "negative")
    assert delivery.acked
    form = await slack.wait_for_view(person)
    submission = await slack.submit(person, form, {"choice": complaint, "words": comment})
    assert submission.accepted


@BOTH_WAYS
async def test_a_good_verdict_is_confirmed_in_place_and_to_the_person(
    slack: LocalSlack, answer: Message, feedback: Feedback
) -> None:
    await slack.click("U0BEN", answer, "verdict", "positive")
    thanks = await slack.wait_for_ephemeral("U0BEN")

    assert thanks.thread_ts == answer.thread_ts
    assert ":+1: 1" in words(answer)
    assert (await feedback.tally(1)).good == 1
    assert await feedback.open_flags() == []


@BOTH_WAYS
async def test_a_bad_verdict_asks_what_is_wrong_and_shows_it_to_reviewers(
    slack: LocalSlack, answer: Message, feedback: Feedback
) -> None:
    await flag(slack, "U0BEN", answer, "outdated", "Since May it is <!here> the portal.")
    card = await slack.wait_for_message("C0REVIEW")
    thanks = await slack.wait_for_ephemeral("U0BEN")
    [stored] = await feedback.open_flags()

    assert (stored.complaint, stored.person) == (Complaint.OUTDATED, "U0BEN")
    assert stored.comment == "Since May it is <!here> the portal."
    assert stored.card is not None
    assert card.text == "Flagged: outdated: How do I book leave?"
    for text in (
        "How do I book leave?",
        "Book leave in the calendar.",
        "Leave &gt; Annual leave",
        "Since May it is &lt;!here&gt; the portal.",
        "Flagged by ben",
        "Open the answer",
    ):
        assert text in words(card)
    assert {live.host for live in slack.live_pings(card)} == {"wiki.example.com", "local.slack.com"}
    assert "told the wiki's reviewers" in thanks.text
    assert ":-1: 1" in words(answer)


async def test_only_ids_travel_through_slack(slack: LocalSlack, answer: Message) -> None:
    await slack.click("U0BEN", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0BEN")

    assert json.loads(form.definition["private_metadata"]) == {"answer": 1}
    assert answer.blocks[-1]["elements"][0]["negative_button"]["value"] == "bad:1"


@BOTH_WAYS
async def test_a_second_vote_replaces_the_first_and_its_card(
    slack: LocalSlack, answer: Message, feedback: Feedback
) -> None:
    await flag(slack, "U0BEN", answer, "wrong")
    card = await slack.wait_for_message("C0REVIEW")
    await slack.wait_for_ephemeral("U0BEN")
    await flag(slack, "U0BEN", answer, "incomplete")
    await slack.wait_for(lambda: "incomplete" in card.text)
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for(lambda: "withdrawn" in card.text)

    assert len(slack.from_app("C0REVIEW")) == 1
    assert [stored.state for stored in await feedback.all_flags()] == [FlagState.WITHDRAWN]
    assert ":+1: 1" in words(answer)
    assert ":-1:" not in words(answer)


async def test_without_a_review_channel_a_flag_is_kept_all_the_same(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.change(review_channel="C0GONE")
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await flag(slack, "U0BEN", answer, "wrong")
    thanks = await slack.wait_for_ephemeral("U0BEN")
    database = Database.open(tmp_path / "state.db")
    flags = DatabaseAnswers(database).flags(*UNSETTLED)
    database.close()

    assert thanks.text == "Thank you. I noted what is wrong."
    assert len(flags) == 1


async def test_a_private_answer_shows_reviewers_only_what_everyone_may_read(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "my salary?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    await flag(slack, "U0ANNA", answer, "wrong")
    card = await slack.wait_for_message("C0REVIEW")
    await slack.wait_for(lambda: "You flagged this" in words(answer))

    assert "my salary?" in words(card)
    assert "What was answered is not open to everyone" in words(card)
    assert "Open the answer" not in words(card)
    assert "secret" not in words(card)
    assert "Salaries" not in words(card)
    assert "wiki.example.com/pay" not in words(card)


async def test_a_private_answer_from_open_pages_is_shown_to_reviewers(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "leave?")
    answer = await slack.wait_for_message(question.channel)
    await flag(slack, "U0ANNA", answer, "wrong_page")
    card = await slack.wait_for_message("C0REVIEW")

    assert "Book leave in the calendar." in words(card)


async def test_a_private_answer_from_a_page_that_was_edited_and_opened_since_is_not(
    bot: Bot, slack: LocalSlack
) -> None:
    """Words that were deleted from the page before it was opened must not appear here."""
    await bot.start()
    question = await slack.dm("U0ANNA", "leave?")
    answer = await slack.wait_for_message(question.channel)
    bot.library.edited(LEAVE, "r2")
    await flag(slack, "U0ANNA", answer, "wrong_page")
    card = await slack.wait_for_message("C0REVIEW")

    assert "What was answered is not open to everyone" in words(card)
    assert "calendar" not in words(card)


@pytest.mark.parametrize("why", ["closed since", "removed since", "not to be checked now"])
async def test_reviewers_see_a_channels_answer_only_while_its_page_is_open(
    bot: Bot, slack: LocalSlack, answer: Message, why: str
) -> None:
    match why:
        case "closed since":
            bot.library.restricted(LEAVE, "group:hr")
        case "removed since":
            bot.library.removed(LEAVE)
        case _:
            bot.library.silent = True
    await flag(slack, "U0BEN", answer, "wrong")
    card = await slack.wait_for_message("C0REVIEW")

    assert "What was answered is not open to everyone" in words(card)
    assert "calendar" not in words(card)
    assert LEAVE.url not in words(card)


async def handle(slack: LocalSlack, why: str) -> Message:
    """Handle Anna's flag or question; return the notice that she gets."""
    card = await slack.wait_for_message("C0REVIEW")
    await slack.click("U0BEN", card, "flag_fixed")
    notice = await slack.wait_for_message(
        slack.im("U0ANNA").id, lambda message: why in words(message)
    )
    await slack.wait_for(lambda: "told" in words(card))
    return notice


async def test_a_verdict_on_what_became_of_a_flag_leaves_its_first_line_and_question(
    slack: LocalSlack, answer: Message
) -> None:
    await flag(slack, "U0ANNA", answer, "outdated")
    now = await handle(slack, FLAG_HANDLED)
    await slack.click("U0ANNA", now, "verdict", "positive")
    await slack.wait_for(lambda: "You found this helpful" in words(now))

    assert FLAG_HANDLED in words(now)
    assert "How do I book leave?" in words(now)


async def test_a_verdict_on_what_became_of_a_question_leaves_its_first_line_and_question(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "Where do I park?")
    silence = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.click("U0ANNA", silence, "ask_keepers")
    now = await handle(slack, QUESTION_HANDLED)
    await slack.react("U0ANNA", now, "+1")
    await slack.wait_for(lambda: "You found this helpful" in words(now))

    assert QUESTION_HANDLED in words(now)
    assert "Where do I park?" in words(now)


async def test_who_doubts_what_became_of_a_flag_sees_the_button_that_says_why(
    slack: LocalSlack, answer: Message
) -> None:
    """That message is in no thread: it has no question's ts."""
    await flag(slack, "U0ANNA", answer, "outdated")
    now = await handle(slack, FLAG_HANDLED)
    await slack.react("U0ANNA", now, "-1")
    prompt = await slack.wait_for_ephemeral("U0ANNA", lambda message: message.text == DOUBTED)
    threads = [call.arguments["ts"] for call in slack.calls_to("conversations.replies")]

    assert prompt.thread_ts is None
    assert not [ts for ts in threads if ts.startswith("fixed-")]


async def test_who_asks_the_keepers_once_more_sees_that_they_were_asked(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "Where do I park?")
    silence = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.click("U0ANNA", silence, "ask_keepers")
    now = await handle(slack, QUESTION_HANDLED)
    await slack.click("U0ANNA", now, "ask_keepers")
    thanks = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: message.channel == now.channel
    )

    assert thanks.text == ASKED
    assert thanks.thread_ts is None


async def test_a_form_that_cannot_open_is_told(
    slack: LocalSlack, answer: Message, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail_next("views.open", error="expired_trigger_id")
    await slack.click("U0BEN", answer, "verdict", "negative")
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert reply.text.startswith("Something went wrong")
    assert "Incident abc123" in caplog.text


@BOTH_WAYS
async def test_two_votes_at_once_are_shown_as_two(slack: LocalSlack, answer: Message) -> None:
    """Even if Slack applies the first count after the second."""
    first = slack.hold_next("chat.update")
    await slack.click("U0ANNA", answer, "verdict", "positive")
    await first.arrived.wait()
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for(lambda: ":+1: 2" in words(answer))
    first.let_go.set()
    await slack.wait_for(lambda: len(slack.calls_to("chat.update")) == 3)

    assert ":+1: 2" in words(answer)
