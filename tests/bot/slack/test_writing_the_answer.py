"""A reviewer writes an answer that the wiki lacks, and the bot uses it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.flags.model import FlagState
from footnote_bot.bot.flags.texts import KEPT, MOVED, NO_PAGES, NO_WORDS, PAST
from footnote_bot.bot.model import Answer, Verification
from footnote_bot.bot.slack.events import handling
from footnote_bot.bot.state.written import DatabaseWrittenAnswers
from footnote_bot.indexers.model import OPEN
from footnote_bot.playground.slack.model import Message, View
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, Bot, until
from .flags import ask_in_channel, card, database, flagged, flags, history, passed, written_answers
from .test_answering_in_slack import words


async def form(slack: LocalSlack, flag_card: Message) -> View:
    await slack.click("U0BEN", flag_card, "flag_answer")
    return await slack.wait_for_view("U0BEN", lambda view: view.callback_id == "writing")


def filled(view: View, text: str, until: str = "2027-05-01") -> dict[str, Any]:
    (pages,) = [element for element in view.elements() if element["action_id"] == "chosen"]
    return {
        "answer": text,
        "chosen": [pages["options"][0]["value"]],
        "day": until,
    }


async def flagged_card(bot: Bot, slack: LocalSlack) -> Message:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    return await card(slack)


@BOTH_WAYS
async def test_what_a_reviewer_writes_is_kept_with_the_rights_of_its_pages(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    submission = await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await slack.wait_for(lambda: "told" in words(flag_card))
    with database(tmp_path) as opened:
        (answer,) = DatabaseWrittenAnswers(opened).valid(bot.now)

    assert submission.accepted
    assert (answer.question, answer.text) == ("How do I book leave?", "In the portal.")
    assert (answer.author, answer.author_name, answer.acl) == ("U0BEN", "ben", OPEN)
    assert answer.expires.date() == date(2027, 5, 1)
    assert [(source.page, source.url) for source in answer.sources] == [
        ("leave.md", "https://wiki.example.com/leave")
    ]
    assert [flag.state for flag in flags(bot, tmp_path)] == [FlagState.ANSWERED]
    assert flag_card.text.startswith("Answered")


@pytest.mark.parametrize("phrase", ["how do I get it ", "if a<b && c>d "])
async def test_who_answers_a_long_question_is_thanked(
    bot: Bot, slack: LocalSlack, tmp_path: Path, phrase: str
) -> None:
    await bot.start()
    await flagged(
        slack, await ask_in_channel(bot, slack, f"leave? {phrase * (3000 // len(phrase))}")
    )
    view = await form(slack, await card(slack))
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    thanks = await slack.wait_for_message(slack.im("U0BEN").id)

    assert thanks.text == KEPT
    assert "leave?" in words(thanks)
    assert len(written_answers(bot, tmp_path)) == 1


async def test_an_answer_is_published_even_if_its_author_cannot_be_thanked(
    bot: Bot, slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "footnote_bot.bot.flags.reviewing")
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    slack.fail_next("conversations.open", error="cannot_dm_bot", times=9)
    slack.fail_next("chat.postMessage", error="cannot_dm_bot", times=9)
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await until(lambda: "could not be thanked" in caplog.text)

    assert len(written_answers(bot, tmp_path)) == 1
    assert "Incident" not in caplog.text


async def test_the_form_begins_with_the_question_and_half_a_year(
    bot: Bot, slack: LocalSlack
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    fields = {element["block_id"]: element for element in view.elements()}

    assert "How do I book leave?" in words(view)
    assert "question" not in fields
    assert fields["until"]["initial_date"] == "2027-05-23"
    assert [option["text"]["text"] for option in fields["pages"]["options"]] == ["Leave"]


async def test_an_answer_without_an_open_page_cannot_be_written(
    bot: Bot, slack: LocalSlack
) -> None:
    flag_card = await flagged_card(bot, slack)
    bot.library.restricted(LEAVE, "group:hr")
    await slack.click("U0BEN", flag_card, "flag_answer")
    view = await slack.wait_for_view("U0BEN", lambda view: NO_PAGES[:30] in str(view.blocks))

    assert "submit" not in view.definition


async def test_a_day_that_is_past_is_refused(bot: Bot, slack: LocalSlack, tmp_path: Path) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    submission = await slack.submit("U0BEN", view, filled(view, "In the portal.", "2026-11-01"))

    assert submission.errors == {"until": PAST}
    assert slack.views("U0BEN") == [view]
    assert written_answers(bot, tmp_path) == []


@pytest.mark.parametrize("text", ["   ", "\u200b\u2060", "\0", "\u202e \ufeff"])
async def test_an_answer_that_nobody_can_see_is_refused(
    bot: Bot, slack: LocalSlack, tmp_path: Path, text: str
) -> None:
    """Everybody would get it as verified. Slack's form accepts blanks as text."""
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    submission = await slack.submit("U0BEN", view, filled(view, text))

    assert submission.errors == {"answer": NO_WORDS}
    assert written_answers(bot, tmp_path) == []


async def test_all_that_is_wrong_is_shown_at_once_and_can_be_mended(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    refused = await slack.submit("U0BEN", view, filled(view, " ", "2026-11-01"))
    accepted = await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await slack.wait_for(lambda: "told" in words(flag_card))

    assert refused.errors == {"answer": NO_WORDS, "until": PAST}
    assert accepted.accepted
    assert len(written_answers(bot, tmp_path)) == 1


async def test_a_page_that_was_closed_since_is_said_beside_the_pages(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    bot.library.restricted(LEAVE, "group:hr")
    submission = await slack.submit("U0BEN", view, filled(view, "In the portal."))

    assert submission.errors == {"pages": MOVED}
    assert written_answers(bot, tmp_path) == []


async def test_a_form_whose_check_takes_long_is_taken_and_told_about_later(
    bot: Bot, slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "CHECK_PATIENCE", 0.0)
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    submission = await slack.submit("U0BEN", view, filled(view, "In the portal.", "2026-11-01"))
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert submission.accepted
    assert notice.text == PAST
    assert written_answers(bot, tmp_path) == []


async def test_who_has_left_the_review_channel_writes_nothing(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    await slack.leave("U0BEN", "C0REVIEW")
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await slack.wait_for_message(slack.im("U0BEN").id)

    assert written_answers(bot, tmp_path) == []
    assert [flag.state for flag in flags(bot, tmp_path)] == [FlagState.OPEN]


@pytest.mark.parametrize("event", ["edited", "removed", "expired"])
async def test_it_leaves_when_its_page_changes_or_its_day_comes(
    bot: Bot, slack: LocalSlack, tmp_path: Path, event: str
) -> None:
    flag_card = await flagged_card(bot, slack)
    view = await form(slack, flag_card)
    await slack.submit("U0BEN", view, filled(view, "In the portal."))
    await slack.wait_for(lambda: "told" in words(flag_card))
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()
    before = written_answers(bot, tmp_path)
    if event == "edited":
        bot.library.edited(LEAVE, "r2")
    elif event == "removed":
        bot.library.removed(LEAVE)
    else:
        bot.now += timedelta(days=200)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert len(before) == 1
    assert written_answers(bot, tmp_path) == []
    assert history(bot, tmp_path)[-1] == ("lapsed", "")
    assert "lapsed" in words(flag_card)


async def test_whom_it_verifies_stands_below_the_answer(bot: Bot, slack: LocalSlack) -> None:

    verified = Verification("ben <!here>", date(2026, 11, 24))
    bot.handbook.said = Answer("In the portal. [1]", (LEAVE,), 1.0, verified=verified)
    await bot.start()
    answer = await ask_in_channel(bot, slack)

    assert "Verified by ben &lt;!here&gt; on 24 Nov 2026" in words(answer)
