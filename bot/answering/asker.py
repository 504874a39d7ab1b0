"""Questions with the rights of one reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.model import Question, Result, Why
from footnote_bot.indexers.model import Principal

if TYPE_CHECKING:
    from footnote_bot.bot.answering.answerer import Answerer


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers for one reader. ``trouble`` tells the operator why the index is partial, if it is."""

    answerer: Answerer
    reader: Principal
    wikis: tuple[str, ...] | None
    trouble: Callable[[], str]

    def __call__(self, text: str) -> Result:
        """Answer ``text``, which may ask several questions."""
        return Several(self.answerer).answer(Question(text, self.reader, self.wikis))

    def why(self, text: str) -> Why:
        """Return the reason why ``text`` is answered, or why not."""
        return self.answerer.why(Question(text, self.reader, self.wikis))
