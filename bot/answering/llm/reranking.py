"""A language model ranks passages: a `bot.answering.reranking.reranking.Scoring`.

Not LlamaIndex's `LLMRerank` or `RankGPTRerank`: they put passages into the prompt as if they were
instructions, drop those that the model leaves out, fail on invalid numbers, and neither count nor
limit the cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.prompt import MATERIAL, Prompt, block, unused
from bot.answering.llm.usage import BudgetedModel
from bot.foreign import seen
from bot.model import Question
from indexers.model import Passage

_MAX_TOKENS = 100
_CHARACTERS = 700
"""Characters of a passage to show; its subject is at the beginning."""

_RULES = """\
You put passages of a team's wiki in order by how well they answer a question.

- Write the numbers of those that help to answer it, the best first, with commas: 3, 1, 7
- Leave out those that do not help. If none does, write 0.
- Write nothing else.

{material}"""

_ORDER = re.compile(r"[\[\d\],;>\s.]+")


@dataclass(frozen=True, slots=True)
class ModelReranker:
    """A reranker by language model. ``count`` counts tokens, ``mark`` makes an unguessable text."""

    model: BudgetedModel
    count: Callable[[str], int]
    mark: Callable[[], str]

    def __call__(self, question: Question, passages: Sequence[Passage]) -> list[float]:
        """Return the passages' scores in the model's order.

        Raises:
            ModelFailed: it cannot be asked, or what it writes is no order.
        """
        written = "".join(self.model.write(question, self._prompt(question, passages)))
        order = ranked(written, len(passages))
        return [-float(order.get(number, len(passages))) for number in range(len(passages))]

    def _prompt(self, question: Question, passages: Sequence[Passage]) -> Prompt:
        texts = [seen(passage.embedded)[:_CHARACTERS] for passage in passages]
        query = seen(question.sought)
        mark = unused(self.mark, [query, *texts])
        system = _RULES.format(material=MATERIAL.format(mark=mark))
        blocks = [block(mark, "passage", text, number) for number, text in enumerate(texts, 1)]
        user = "\n\n".join([*blocks, block(mark, "question", query)])
        tokens = self.count(system) + self.count(user)
        return Prompt(system, user, (), tokens, max_tokens=_MAX_TOKENS)


def ranked(written: str, many: int) -> dict[int, int]:
    """Return the place of each passage that was named, both from 0; invalid numbers are ignored.

    Raises:
        ModelFailed: it is no list of numbers.
    """
    if not _ORDER.fullmatch(written) or not any(map(str.isdecimal, written)):
        raise ModelFailed("what it writes is no order of passages")
    numbers = dict.fromkeys(int(digits[:9]) - 1 for digits in re.findall(r"\d+", written))
    named = [number for number in numbers if 0 <= number < many]
    return {number: place for place, number in enumerate(named)}
