"""An answer leaves Slack if its page is deleted, or closed to the people who see the answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.flags.retraction import RETRACTED
from footnote_bot.bot.model import Answer
from footnote_bot.bot.operations.passes import PassKind
from footnote_bot.indexers.errors import IndexUnavailable
from footnote_bot.indexers.model import KnownPage
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, SALARY, Bot, until
from .flags import ask_in_channel, card, flagged, passed
from .test_answering_in_slack import words
from .test_reactions import started
from .test_restarts import quiet


def is_retracted(message: Message) -> bool:
    text = words(message)
    return message.text == RETRACTED.text and not any(
        fragment in text
        for fragment in ("calendar", "secret", "Leave &gt;", "Salaries", "wiki.example")
    )


@pytest.mark.parametrize(("mode", "event"), [("socket", "removed"), ("http", "restricted")])
@BOTH_WAYS
async def test_an_answer_is_taken_back_with_its_page(  # noqa: PLR0917 - the parts of the world
    bot: Bot, slack: LocalSlack, mode: str, free_port: int, tmp_path: Path, event: str
) -> None:
    await started(bot, slack, mode, free_port)
    answer = await ask_in_channel(bot, slack)
    await bot.app.maintenance.run_once()
    before = is_retracted(answer)
    if event == "removed":
        bot.library.removed(LEAVE)
    else:
        bot.library.restricted(LEAVE, "group:hr")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert not before
    assert is_retracted(answer)
    assert answer.action_ids() == []


async def test_an_answer_is_taken_back_though_the_clock_was_ahead_and_set_back(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    now, bot.now = bot.now, bot.now + timedelta(days=300)
    await bot.start()
    await bot.app.maintenance.run_once()
    bot.now = now
    answer = await ask_in_channel(bot, slack)
    await bot.app.maintenance.run_once()
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert is_retracted(answer)


async def test_a_page_that_many_answers_cite_is_looked_up_once(
    bot: Bot, slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.start()
    for _ in range(3):
        await ask_in_channel(bot, slack)
    await bot.app.maintenance.run_once()
    page, looked_up = bot.library.page, list[str]()

    def counted(wiki: str, key: str) -> KnownPage | None:
        looked_up.append(key)
        return page(wiki, key)

    monkeypatch.setattr(bot.library, "page", counted)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert looked_up == [LEAVE.page]


async def test_an_edited_page_takes_no_answer_back(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    bot.library.edited(LEAVE, "r2")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "calendar" in words(answer)


@pytest.mark.parametrize(
    ("kind", "complete"),
    [(PassKind.RECENT_EDITS, False), (PassKind.ALL_PAGES, False)],
    ids=["recent", "broken"],
)
async def test_a_page_that_a_pass_did_not_reach_is_not_taken_for_removed(
    bot: Bot, slack: LocalSlack, tmp_path: Path, kind: PassKind, complete: bool
) -> None:
    """For example, an index that is being rebuilt does not have all pages yet."""
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    bot.library.removed(LEAVE)
    passed(bot, tmp_path, kind, complete=complete)
    await bot.app.maintenance.run_once()

    assert not is_retracted(answer)


async def test_what_one_person_was_told_stands_as_long_as_they_may_read_it(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "my salary?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    bot.library.restricted(SALARY, "group:hr", "group:board")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()
    still = is_retracted(answer)
    bot.library.restricted(SALARY, "group:board")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert not still
    assert is_retracted(answer)


async def test_the_nearest_pages_of_a_silence_go_too(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack, "Where is the moon?")
    assert "Leave &gt; Annual" in words(answer)
    bot.library.restricted(LEAVE, "group:hr")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert is_retracted(answer)


async def test_a_long_answer_goes_whole(bot: Bot, slack: LocalSlack, tmp_path: Path) -> None:
    long = "\n\n".join(f"Paragraph {n} of the calendar. {'word ' * 400}" for n in range(9))
    bot.handbook.said = Answer(f"{long} [1]", (LEAVE,), 0.9)
    await bot.start()
    first = await ask_in_channel(bot, slack)
    parts = len(slack.from_app("C0TEAM", first.thread_ts))
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()
    (remaining,) = slack.from_app("C0TEAM", first.thread_ts)

    assert parts > 1
    assert is_retracted(remaining)


async def test_a_verdict_does_not_bring_the_answer_back(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()
    await slack.react("U0BEN", answer, "+1")
    await slack.settled()

    assert is_retracted(answer)


async def test_a_restriction_made_while_no_bot_ran_counts_at_the_start(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await bot.stop()
    bot.library.restricted(LEAVE, "group:hr")
    await bot.start()
    await slack.wait_for(lambda: is_retracted(answer))


async def test_a_restriction_made_while_no_bot_ran_counts_once_an_index_that_was_away_is_back(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[str] = []

    def away(_: str, page: str) -> KnownPage | None:
        failures.append(page)
        raise IndexUnavailable("The server does not answer.")

    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await bot.stop()
    bot.library.restricted(LEAVE, "group:hr")
    with monkeypatch.context() as patch:
        patch.setattr(bot.library, "page", away)
        await bot.start()
        await until(lambda: bool(failures))
        await bot.app.maintenance.run_once()
    await until(lambda: "Due work" in caplog.text)
    before = is_retracted(answer)
    await bot.app.maintenance.run_once()

    assert not before
    assert is_retracted(answer)
    assert "Due work waits: The server does not answer." in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_slack_that_is_away_delays_it_over_a_restart(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    slack.fail_next("conversations.replies", status=503)
    await bot.app.maintenance.run_once()
    before = is_retracted(answer)
    await bot.kill()
    await bot.start()
    await slack.wait_for(lambda: is_retracted(answer))

    assert not before


@pytest.mark.parametrize("within", [timedelta(0), timedelta(days=2)], ids=["never", "too old"])
async def test_it_can_be_turned_off_and_old_answers_stay(
    bot: Bot, slack: LocalSlack, tmp_path: Path, within: timedelta
) -> None:
    bot.change(retract_days=within.days)
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    bot.now += timedelta(days=3) if within else timedelta(0)
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert not is_retracted(answer)


async def test_what_was_told_after_a_fix_is_taken_back_too(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await flagged(slack, answer)
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    await slack.wait_for(lambda: "told" in words(flag_card))
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert is_retracted(answer)
    assert is_retracted(notice)
    assert "calendar" not in words(flag_card)


async def test_a_question_that_is_edited_while_its_answer_is_taken_back_has_its_answer(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    client = bot.app.clients[0]
    call, reached, go_on = client.chat_update, asyncio.Event(), asyncio.Event()

    async def late(**arguments: Any) -> Any:
        client.chat_update = call  # type: ignore[method-assign]
        reached.set()
        await go_on.wait()
        return await call(**arguments)

    client.chat_update = late  # type: ignore[method-assign, assignment]
    taking_back = asyncio.create_task(bot.app.maintenance.run_once())
    await reached.wait()
    await slack.edit(question, "<@U0LOCALBOT> lunch?")
    await slack.wait_for(lambda: "found nothing" in words(answer))
    await quiet(bot)
    go_on.set()
    await taking_back

    assert "found nothing" in words(answer)
    assert answer.action_ids() == ["ask_keepers", "verdict"]
