"""Answers that name their question, so that each can be told from the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from footnote_bot.bot.model import Answer, Clarify, NoAnswer, Question, Reading, Reason, Result
from footnote_bot.bot.ports import OnText
from tests.bot.slack.conftest import HR, LEAVE, SALARY

NUMBER = re.compile(r"\bq\d+\b")
WORDS: Mapping[str, int] = {"leave": 10, "days": 2, "salary": 2, "fire": 1}
"""Topics of the questions, with their weights."""
_READINGS = ("part-time", "full-time")


class Echo:
    """An answerer of fixed topics. ``leave`` is open to all. ``days`` gets a clarifying question. A
    ``salary`` is hidden in a channel until somebody asks to share it. ``fire`` fails. A third of
    the answers streams."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        number = NUMBER.findall(question.text)[-1]
        if on_text is not None and int(number[1:]) % 3 == 0:
            on_text(f"I read about {number}.")
        if "fire" in question.text:
            raise RuntimeError("the index is on fire")
        if "salary" in question.text:
            return self._salary(question, number)
        if "days" in question.text:
            return Clarify(
                f"Which of {number} do you mean?",
                tuple(
                    Reading(reading, f"{reading} leave {number}?", replace(LEAVE, quote=""))
                    for reading in _READINGS
                ),
            )
        return Answer(f"Book {number} in the calendar. [1]", (LEAVE,), 0.9)

    def _salary(self, question: Question, number: str) -> Result:
        if HR.admits(question.reader) or number in self._refused:
            return Answer(f"That {number} is paid monthly. [1]", (SALARY,), 0.9)
        self._refused.add(number)
        return NoAnswer(Reason.NOTHING_FITS, f"I found nothing about {number}.")
