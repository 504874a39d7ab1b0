"""An error's number leads to all log lines of the request."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from footnote_bot.bot import request_ids
from footnote_bot.bot.conversation import incidents
from footnote_bot.bot.model import Answer, Question
from footnote_bot.bot.ports import OnText
from footnote_bot.config import logs
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.kept_logging import kept_logging

from .conftest import LEAVE, Bot, quiet, words

SECRET = "zwieback"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    with kept_logging():
        yield


class Broken:
    """Logs as the answerer does, and fails at the second question."""

    def __init__(self) -> None:
        self.fails = False

    def answer(self, question: Question, on_text: OnText | None = None) -> Answer:
        logging.getLogger("footnote_bot.bot.answering").info("searched")
        if self.fails:
            raise ValueError(question.text)
        return Answer(f"{SECRET} [1]", (LEAVE,), 0.9)


def lines(out: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in out.splitlines()]


async def test_a_person_sees_the_id_that_all_lines_of_their_question_have(
    bot: Bot, slack: LocalSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO", "json", request_ids.current)
    bot.answering = broken = Broken()
    bot.change(new_incident=incidents.new_incident)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", f"{SECRET}?")
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    broken.fails = True
    await slack.dm("U0ANNA", f"Where is the {SECRET}?")
    sorry = await slack.wait_for_message(slack.im("U0ANNA").id)
    await quiet(bot)
    out = capsys.readouterr().err
    records = lines(out)
    searched = [line["request"] for line in records if line["message"] == "searched"]
    failed = next(line for line in records if "Incident" in line["message"])

    assert len(set(searched)) == 2
    assert searched[1] in words(sorry)
    assert failed["request"] == searched[1]
    assert f"Incident {searched[1]}" in failed["message"]
    assert SECRET not in out


def test_a_message_has_the_same_id_each_time_and_another_has_another() -> None:
    first, again, other = (
        request_ids.id_of("T0", *parts) for parts in (("C0", "1.2"), ("C0", "1.2"), ("C01", ".2"))
    )

    assert first == again != other
    assert request_ids.current() == ""
