"""Helpers that raise and handle flags, and read them from the app's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from footnote_bot.bot.flags.model import Flag
from footnote_bot.bot.operations.passes import Pass, PassKind
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.written import DatabaseWrittenAnswers
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import Bot
from .test_restarts import quiet


async def ask_in_channel(
    bot: Bot, slack: LocalSlack, question: str = "How do I book leave?"
) -> Message:
    """Ask as Anna in the channel; return the answer."""
    question_ = await slack.mention("U0ANNA", "C0TEAM", question)
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question_.ts)
    await quiet(bot)
    return answer


async def flagged(slack: LocalSlack, answer: Message, person: str = "U0ANNA") -> None:
    await slack.click(person, answer, "verdict", "negative")
    form = await slack.wait_for_view(person)
    submission = await slack.submit(person, form, {"choice": "outdated", "words": "Old."})
    assert submission.accepted


async def card(slack: LocalSlack, channel: str = "C0REVIEW") -> Message:
    return await slack.wait_for_message(channel, lambda message: bool(message.blocks))


def passed(
    bot: Bot, folder: Path, kind: PassKind = PassKind.ALL_PAGES, *, complete: bool = True
) -> None:
    """Record a finished sync of the handbook."""
    bot.now += timedelta(minutes=1)
    database = Database.open(folder / "state.db")
    DatabasePassLog(database, lambda: bot.now).record(
        Pass("handbook", kind, bot.now, bot.now, complete)
    )
    database.close()


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    opened = Database.open(folder / "state.db")
    try:
        yield opened
    finally:
        opened.close()


def flags(bot: Bot, folder: Path) -> list[Flag]:
    with database(folder) as opened:
        return list(DatabaseAnswers(opened).flags())


def history(bot: Bot, folder: Path) -> list[tuple[str, str]]:
    """Return the actions on the only flag, and who did them."""
    with database(folder) as opened:
        answers = DatabaseAnswers(opened)
        (flag,) = answers.flags()
        return [(step.action.value, step.person) for step in answers.steps(flag.id)]


def written_answers(bot: Bot, folder: Path) -> list[tuple[str, str, str]]:
    with database(folder) as opened:
        answers = DatabaseWrittenAnswers(opened).valid(bot.now)
    return [(answer.question, answer.text, answer.author_name) for answer in answers]
