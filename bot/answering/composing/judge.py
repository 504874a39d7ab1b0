"""A second reading of a model's sentences, beside the pages that must bear them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from footnote_bot.bot.answering.composing.objects import Objects, is_number
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt, Structure, as_typed, in_blocks
from footnote_bot.bot.answering.llm.usage import BudgetedModel
from footnote_bot.bot.foreign import visible
from footnote_bot.bot.model import Question


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """A sentence to be judged. ``text`` is what a reader would see, ``cited`` the numbers of the
    passages that it rests on, none if it must be compared with all. ``before`` is the sentence
    before it, if that is not judged with it: "it" may mean something there."""

    text: str
    cited: tuple[int, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """A judge's verdict, and the numbers of the passages that it rests on."""

    supported: bool
    passages: tuple[int, ...] = ()


class SentenceJudge(Protocol):
    def judge(
        self, question: Question, prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        """Return a verdict for each sentence, in order; None for one that was not judged.
        ``prompt`` is that of the answer.

        Raises:
            ModelFailed: the judge cannot be asked.
        """
        ...


_RULES = """\
You check an answer before a colleague reads it. Decide for each numbered sentence whether somebody
who reads the material with care, and knows nothing else, would agree with all that it says.

# Borne out
- The same in other words or another language, or shorter, if what is left is still true.
- What follows at once: 100 hours are more than 80; a "yes" that the stated rule answers.
- That the wiki does not say something, if no passage says it, not even in other words.
- A question back, and ways of speaking, claim nothing.
- Titles count. "It" and "that" mean what the question or the sentence before says.

# Not borne out, if any part is changed or added
- Another number, unit, date, name, thing or order; a "not" lost or added; "must" for "may".
- A condition or exception lost, so that it says more than the material.
- A reason, advice or detail that the material does not give, however plausible.

# How to answer
Write JSON: {{"verdicts": [{{"sentence": 1, "sources": [1], "beyond": "...", "supported": true}}]}},
one for each sentence. "sources": the passages that decide. "beyond": what the sentence adds to
them, in a few words, or "". "supported": true only if "beyond" is empty.

# The material
{material}"""

_AGAIN = "Judge the {many} sentences by the material alone, as JSON."
_NOTHING_BEYOND = frozenset(("", "none", "nothing", "n/a", "null"))
_BEGUN_AGAIN = re.compile(r'"(?:verdicts|supported)"\s{0,9}:')
_OF_A_VERDICT, _AROUND = 80, 40
"""Tokens of output: for each sentence, and around them."""
_MOST_SOURCES, _LAST = 8, 999
"""The most sources of a verdict, and the highest number that a passage may have."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "sentence": {"type": "integer"},
                    "sources": {"type": "array", "items": {"type": "integer"}},
                    "beyond": {"type": "string"},
                    "supported": {"type": "boolean"},
                },
                "required": ["sentence", "sources", "beyond", "supported"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["verdicts"],
    "additionalProperties": False,
}


def judge_prompt(
    question: Question,
    prompt: Prompt,
    sentences: Sequence[JudgedSentence],
    count: Callable[[str], int],
    mark: Callable[[], str],
) -> Prompt:
    """Return the prompt for a judge. It has the whole passages that the sentences cite, as the
    model was shown them in ``prompt``; all of them, if a sentence cites none."""
    cited = {number for sentence in sentences for number in sentence.cited}
    if not all(sentence.cited for sentence in sentences):
        cited = set(range(1, len(prompt.texts) + 1))
    texts = [(f"passage {number}", prompt.texts[number - 1]) for number in sorted(cited)]
    texts.append(("question", as_typed(question)))
    for number, sentence in enumerate(sentences, 1):
        texts.append((f"sentence {number}", f"{visible(sentence.text)}{_before(sentence)}"))
    data, material = in_blocks(mark, texts)
    system = _RULES.format(material=material)
    user = f"{data}\n\n{_AGAIN.format(many=len(sentences))}"
    return Prompt(
        system,
        user,
        (),
        count(system) + count(user),
        max_tokens=_AROUND + _OF_A_VERDICT * len(sentences),
        structure=Structure("verdicts", SCHEMA, system, user),
    )


def _before(sentence: JudgedSentence) -> str:
    return f"\n(It stands behind: {visible(sentence.before)})" if sentence.before else ""


def verdicts(written: str, many: int) -> list[SentenceVerdict | None]:
    """Return a judge's verdicts on ``many`` sentences, in order; None for one that is missing,
    unreadable or contradictory. If a second JSON text follows, perhaps from a page, nobody knows
    which is the judge's own, and all are None."""
    decided: dict[int, SentenceVerdict | None] = {}
    objects = Objects()
    for row in objects.add(written):
        number, supported = row.get("sentence"), row.get("supported")
        if not is_number(number, many) or not isinstance(supported, bool):
            continue
        beyond = row.get("beyond")
        adds = isinstance(beyond, str) and beyond.strip(" .-").casefold() not in _NOTHING_BEYOND
        sources = row.get("sources")
        numbers = tuple(sources[:_MOST_SOURCES]) if isinstance(sources, list) else ()
        verdict = SentenceVerdict(supported, tuple(n for n in numbers if is_number(n, _LAST)))
        earlier = decided.get(number, verdict)
        undecided = (supported and adds) or earlier is None or earlier.supported != supported
        decided[number] = None if undecided else verdict
    if _BEGUN_AGAIN.search(written, objects.read):
        return [None] * many
    return [decided.get(number) for number in range(1, many + 1)]


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A judge by language model, paid by the asker. ``mark`` makes an unguessable text."""

    model: BudgetedModel
    mark: Callable[[], str]

    def judge(
        self, question: Question, prompt: Prompt, sentences: Sequence[JudgedSentence]
    ) -> Sequence[SentenceVerdict | None]:
        """Return the model's verdicts; those that it wrote before a failure count.

        Raises:
            ModelFailed: it cannot be asked, is too slow, is over budget, or writes no verdict.
        """
        written: list[str] = []
        failure = ModelFailed("what it writes holds no verdict")
        try:
            own = judge_prompt(question, prompt, sentences, self.model.meter.count, self.mark)
            written.extend(self.model.write(question, own))
        except ModelFailed as error:
            failure = error
        decided = verdicts("".join(written), len(sentences))
        if not any(decided):
            raise failure
        return decided
