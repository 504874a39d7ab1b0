"""A question -> the same question in another language, in a language model's words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.prompt import Prompt, in_blocks, recent
from bot.answering.llm.rewriting import LONGEST_TURN, THREAD_TOKENS, without_marks
from bot.answering.llm.usage import BudgetedModel
from bot.foreign import seen
from bot.model import Question

log = logging.getLogger(__name__)

_MAX_TOKENS = 200
"""Enough for the longest question that is translated."""

_RULES = """\
You put a question into {language}: it is searched for in a wiki.

- Write the question on one line, and nothing else. Do not answer it.
- Keep names, numbers, codes, commands and addresses letter for letter. Add no others.
- If it goes on from a thread, put what "it", "that" and the like stand for into the question.

{material}"""


@dataclass(frozen=True, slots=True)
class Translator:
    """The translator of questions. ``count`` counts tokens, ``mark`` makes an unguessable text.
    ``model`` should not take longer than `rewriting.SECONDS`."""

    model: BudgetedModel
    count: Callable[[str], int]
    mark: Callable[[], str]

    def __call__(self, question: Question, language: str) -> str:
        """Return the question in ``language``, as the model wrote it; empty if the model failed."""
        try:
            written = "".join(self.model.write(question, self._prompt(question, language)))
        except ModelFailed as error:
            log.warning("The language model did not translate a question: %s", error)
            return ""
        return without_marks(written)

    def _prompt(self, question: Question, language: str) -> Prompt:
        cut = [replace(turn, text=turn.text[:LONGEST_TURN]) for turn in question.history]
        thread = recent(cut, THREAD_TOKENS, self.count)
        before = [("thread", "\n".join(thread))] if thread else []
        user, material = in_blocks(self.mark, [*before, ("question", seen(question.text))])
        system = _RULES.format(language=language.capitalize(), material=material)
        tokens = self.count(system) + self.count(user)
        return Prompt(system, user, (), tokens, max_tokens=_MAX_TOKENS)
