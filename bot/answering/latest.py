"""The answering of a running bot, of which settings may change."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Question, Result
from bot.ports import Answering, OnText


@dataclass(slots=True)
class Latest:
    """Answers by what is ``now`` set. A question that is being answered keeps what it began
    with."""

    now: Answering

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        return self.now.answer(question, on_text)
