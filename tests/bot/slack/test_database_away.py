"""The database fails under the running bot, and comes back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.conversation import receiving
from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.waiting_room import NOT_KEPT, WAITS
from footnote_bot.bot.errors import StateRefused
from footnote_bot.bot.state import outages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import MANIFEST, QUICK, Bot, furnished, quiet, until


class Plug:
    """If pulled, the database fails with the errors of SQLAlchemy."""

    def __init__(self) -> None:
        self.is_pulled = False

    def begin(self, engine: sa.Engine) -> None:
        if self.is_pulled:
            raise sa.exc.OperationalError("", {}, OSError("server\nis down"))


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    plug, begin = Plug(), sa.Engine.begin

    @contextmanager
    def begins(engine: sa.Engine) -> Iterator[sa.Connection]:
        plug.begin(engine)
        with begin(engine) as connection:
            yield connection

    monkeypatch.setattr(sa.Engine, "begin", begins)
    return plug


@pytest.fixture
def often(bot: Bot) -> None:
    bot.env = replace(bot.env, adopt_every=0.02)
    bot.change(long_wait=0.05)


@pytest.mark.usefixtures("often")
async def test_a_question_waits_and_is_answered_once_when_the_database_is_back(
    listening: Bot, slack: LocalSlack, plug: Plug, tmp_path: Path
) -> None:
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: slack.ephemeral)
    waiting = [file.stat().st_mode & 0o777 for file in (tmp_path / "spool").iterdir()]
    acknowledged = [delivery.acked for delivery in slack.deliveries]
    plug.is_pulled = False
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await until(lambda: not any((tmp_path / "spool").iterdir()))
    await quiet(listening)

    assert set(waiting) == {0o600}
    assert all(acknowledged)
    assert [whisper.text for whisper in slack.ephemeral] == [WAITS.text]
    assert [message.thread_ts for message in slack.from_app("C0TEAM")] == [question.ts]


@pytest.mark.usefixtures("often")
async def test_a_follow_up_that_waits_with_its_question_is_answered_too(
    listening: Bot, slack: LocalSlack, plug: Plug, tmp_path: Path
) -> None:
    """Without a mention, it is for the bot only because it follows a question, and the inbox does
    not have that question yet either."""
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    await slack.say("U0ANNA", "C0TEAM", "How much of it do I get?", thread_ts=question.ts)
    await until(lambda: len([*(tmp_path / "spool").glob("*.json")]) == 2)
    plug.is_pulled = False
    await until(lambda: not any((tmp_path / "spool").iterdir()))
    await quiet(listening)

    assert (
        len([message for message in slack.from_app("C0TEAM") if message.thread_ts == question.ts])
        == 2
    )


@pytest.mark.usefixtures("often")
async def test_an_edit_that_comes_meanwhile_counts(
    listening: Bot, slack: LocalSlack, plug: Plug, tmp_path: Path
) -> None:
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "lunch?")
    await slack.edit(question, f"<@{slack.bot_user_id}> leave?")
    await until(lambda: len(list((tmp_path / "spool").glob("*.json"))) >= 2)
    plug.is_pulled = False
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(listening)

    assert answer.text.startswith("Book leave")
    assert len(slack.from_app("C0TEAM")) == 1


@pytest.mark.usefixtures("often")
async def test_waiting_questions_outlive_the_bot(
    bot: Bot, slack: LocalSlack, plug: Plug, tmp_path: Path
) -> None:
    await bot.start()
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await until(lambda: list((tmp_path / "spool").glob("*.json")))
    await slack.settled()
    await bot.kill()
    plug.is_pulled = False
    await bot.start()
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert len(slack.from_app("C0TEAM")) == 1


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("transport", ["http"], indirect=True)
async def test_where_nothing_can_be_kept_the_person_is_told_and_slack_delivers_again(
    bot: Bot, slack: LocalSlack, plug: Plug, tmp_path: Path
) -> None:
    """The same holds over a socket, but there Slack waits three seconds before each delivery."""
    (tmp_path / "spool").write_text("in the way")
    await bot.start()
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: slack.ephemeral)
    await slack.settled()
    whispers = [whisper.text for whisper in slack.ephemeral]
    acknowledged = [delivery.acked for delivery in slack.deliveries]
    plug.is_pulled = False
    for delivery in list(slack.deliveries):
        slack.redeliver(delivery.event_id)
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert whispers == [NOT_KEPT.text]
    assert not any(acknowledged)
    assert len(slack.from_app("C0TEAM")) == 1


async def test_what_cannot_be_kept_is_one_line_in_the_log_however_often_slack_delivers_it(
    plug: Plug, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "spool").write_text("in the way")
    async with LocalSlack(MANIFEST, timing=replace(QUICK, ack=0.1)) as slack:
        bot = Bot(furnished(slack), tmp_path)
        await bot.start()
        caplog.set_level(logging.INFO)
        plug.is_pulled = True
        await slack.mention("U0ANNA", "C0TEAM", "leave?")
        await slack.settled()
        plug.is_pulled = False
        attempts = sum(len(delivery.attempts) for delivery in slack.deliveries)
        await bot.stop()

    assert attempts >= 4
    assert len([line for line in loud(caplog) if "server is down" in line]) == 1
    assert "Bolt" not in caplog.text


@pytest.mark.usefixtures("often")
async def test_a_database_that_hangs_keeps_nobody_waiting(
    bot: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    thaw, receive_all = threading.Event(), DatabaseInbox.receive_all

    def frozen(inbox: DatabaseInbox, messages: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        thaw.wait(240)
        return receive_all(inbox, messages)

    monkeypatch.setattr(receiving, "_PATIENCE", 0.05)
    monkeypatch.setattr(DatabaseInbox, "receive_all", frozen)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await until(lambda: list((tmp_path / "spool").glob("*.json")))
    await slack.settled()
    acknowledged = all(delivery.acked for delivery in slack.deliveries)
    thaw.set()
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)

    assert acknowledged
    assert len(slack.from_app("C0TEAM")) == 1


@pytest.mark.usefixtures("often")
async def test_the_log_says_once_that_it_went_and_once_that_it_is_back(
    bot: Bot,
    slack: LocalSlack,
    plug: Plug,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outages, "_CALM", 0.05)
    await bot.start()
    caplog.clear()
    plug.is_pulled = True
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: slack.ephemeral)
    plug.is_pulled = False
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await until(lambda: len(loud(caplog)) > 1)
    await quiet(bot)

    outage, back = loud(caplog)
    assert "(server is down)" in outage
    assert "can be used again" in back


def loud(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings, except the one on the review channel, which may come at any time."""
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING]
    return [record.getMessage() for record in loud if "is public" not in record.getMessage()]


def test_a_statement_that_is_refused_is_no_outage(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database.open(tmp_path / "state.db")
    database.tell_outages()
    with pytest.raises(StateRefused), database.begin() as connection:
        connection.execute(sa.text("INSERT INTO schema_version SELECT * FROM schema_version"))
    database.close()

    assert caplog.records == []


async def test_nobody_is_told_of_a_reaction_to_a_message_that_is_not_the_bots(
    listening: Bot, slack: LocalSlack, plug: Plug
) -> None:
    """This needs no database: otherwise everybody who reacts in a channel of the bot would get a
    message."""
    message = await slack.say("U0ANNA", "C0TEAM", "Lunch at noon")
    await quiet(listening)
    plug.is_pulled = True
    await slack.react("U0BEN", message, "+1")
    await quiet(listening)
    await until(lambda: not listening.app.failures._at_work)

    assert [place for place in slack.channels if slack.from_app(place)] == []
    assert slack.ephemeral == []
