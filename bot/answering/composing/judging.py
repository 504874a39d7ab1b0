"""A language model decides the sentences that rules cannot decide: a `SentenceJudge`.

All unclear sentences of an answer go into one request. A sentence with evidence is judged by it,
the others by the passages that they cite. Before its verdict, the model copies the deciding words
and names what the sentence adds to them: a model that gives its verdict first guesses, and then
defends the guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answering.composing.answer_reading import evidence_of
from bot.answering.composing.judge import SentenceVerdict, UnclearSentence
from bot.answering.composing.objects import Objects
from bot.answering.llm.model_client import ModelFailed
from bot.answering.llm.prompt import (
    EVIDENCE_SCHEMA,
    MATERIAL,
    Prompt,
    Structure,
    as_read,
    block,
    unused,
)
from bot.answering.llm.usage import BudgetedModel
from bot.foreign import seen
from bot.model import Question
from indexers.model import Passage

_RULES = """\
You check an answer before a colleague reads it. Decide for each numbered sentence whether the
material bears it out: whether somebody who reads the material with care, and knows nothing else,
would agree with all that the sentence says.

# Borne out
- The same in other words, in another order, or shorter, as long as what is left is still true.
- What follows at once from what is stated: 100 hours are more than 80; "two people have to sign"
  where two are named; a "yes" or "no" that the stated rule answers.
- Title and headings say what a passage is about. They count. "It", "that" and "there" mean what
  the question, the title or the sentence before speaks of.
- A sentence that says that the pages do not say something, if no passage does say it.
- Ways of speaking ("in short", "just", "you will want to") claim nothing.

# Not borne out, if any part of it is changed or added
- Another number, unit, date, name or address.
- A "not" lost or added; "must" for "may" or "should"; "only", "all" or "always" where the material
  says less.
- Another person who acts, or whom it is for; another order of steps.
- A condition or exception lost, so that it is said of more than the material says it of.
- What is true of one thing said of another.
- A reason, a consequence, advice or a detail that the material does not give, however plausible.

# How to answer
Write JSON: {{"verdicts": [{{"sentence": 1, "evidence": [{{"passage": 1, "words": "..."}}],
"beyond": "...", "supported": true}}]}}, one verdict for each sentence, in order.
- "evidence": copy from the material the words that decide, letter for letter and as few as will
  do, with the number of the passage. Two pieces if they stand in two places, none if there is none.
- "beyond": what the sentence says that those words and their title do not bear out, in a few words;
  "" if there is nothing.
- "supported": true only if "beyond" is empty.

# The material
{material}"""

_AGAIN = "Judge each of the {many} sentences by the material alone, as JSON."

_NOTHING_BEYOND = frozenset(("", "none", "nothing", "n/a", "null"))
_BEGUN_AGAIN = re.compile(r'"(?:verdicts|supported)"\s{0,9}:')
_OF_A_VERDICT = 200
"""Tokens of output for each sentence."""
_AROUND = 40

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "sentence": {"type": "integer"},
                    "evidence": EVIDENCE_SCHEMA,
                    "beyond": {"type": "string"},
                    "supported": {"type": "boolean"},
                },
                "required": ["sentence", "evidence", "beyond", "supported"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["verdicts"],
    "additionalProperties": False,
}


def judge_prompt(
    question: Question,
    passages: Sequence[Passage],
    unclear: Sequence[UnclearSentence],
    count: Callable[[str], int],
    mark: Callable[[], str],
) -> Prompt:
    """Return the prompt for a judge of an answer's ``unclear`` sentences. It has the evidence of
    each sentence; for one without evidence, the whole passages that it cites; for one without
    citations, all passages."""
    texts = _texts(passages, unclear)
    query = seen(question.sought)
    sentences = [seen(sentence.text) for sentence in unclear]
    unused_mark = unused(mark, [query, *sentences, *texts.values()])
    blocks = [block(unused_mark, "passage", text, number) for number, text in texts.items()]
    blocks.append(block(unused_mark, "question", query))
    blocks += [
        block(
            unused_mark,
            "sentence",
            text + _before(sentence),
            f"{number} passages {_numbers(sentence)}",
        )
        for number, (sentence, text) in enumerate(zip(unclear, sentences, strict=True), start=1)
    ]
    system = _RULES.format(material=MATERIAL.format(mark=unused_mark))
    user = "\n\n".join([*blocks, _AGAIN.format(many=len(unclear))])
    return Prompt(
        system,
        user,
        (),
        count(system) + count(user),
        max_tokens=_AROUND + _OF_A_VERDICT * len(unclear),
        structure=Structure("verdicts", SCHEMA, system, user),
    )


def _texts(passages: Sequence[Passage], unclear: Sequence[UnclearSentence]) -> dict[int, str]:
    """Return the text to show of each passage, by its number in the answer's prompt."""
    whole: set[int] = set()
    words: dict[int, list[str]] = {}
    for sentence in unclear:
        if sentence.evidence:
            for quote in sentence.evidence:
                words.setdefault(quote.passage, []).append(quote.words)
        else:
            whole.update(sentence.cited or range(1, len(passages) + 1))
    shown = {}
    for number in sorted({*whole, *words}):
        if not 0 < number <= len(passages):
            continue
        passage = passages[number - 1]
        if number in whole:
            shown[number] = as_read(passage)
        else:
            place = " > ".join([passage.title, *passage.headings])
            parts = dict.fromkeys(" ".join(part.split()) for part in words[number])
            shown[number] = seen("\n".join([place, "", *parts]))
    return shown


def _before(sentence: UnclearSentence) -> str:
    """Return the sentence that "it" refers to."""
    return f"\n(It stands behind: {seen(sentence.before)})" if sentence.before else ""


def _numbers(sentence: UnclearSentence) -> str:
    return ",".join(map(str, sentence.cited)) or "any"


def verdicts(written: str, many: int) -> list[SentenceVerdict | None]:
    """Return a judge's verdicts on ``many`` sentences, in order; None for one that is missing,
    unreadable or contradictory. If a second JSON text follows, perhaps from a page, nobody knows
    which is the judge's own, and all are None."""
    decided: dict[int, SentenceVerdict | None] = {}
    objects = Objects()
    for row in objects.add(written):
        number, supported = _number(row.get("sentence")), row.get("supported")
        if not 0 < number <= many or not isinstance(supported, bool):
            continue
        beyond = row.get("beyond")
        beyond = beyond.strip(" .-").casefold() if isinstance(beyond, str) else ""
        verdict = SentenceVerdict(supported, tuple(evidence_of(row.get("evidence"))))
        undecided = supported and beyond not in _NOTHING_BEYOND
        if number in decided and decided[number] != verdict:
            undecided = True
        decided[number] = None if undecided else verdict
    if _BEGUN_AGAIN.search(written, objects.read):
        return [None] * many
    return [decided.get(number) for number in range(1, many + 1)]


def _number(value: object) -> int:
    """Return ``value`` if it is an integer, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A judge by language model. ``count`` counts tokens, ``mark`` makes an unguessable text.
    ``model`` is the model that composes, or a cheaper one; the cost is counted for the asker."""

    model: BudgetedModel
    count: Callable[[str], int]
    mark: Callable[[], str]

    def judge(
        self, question: Question, passages: Sequence[Passage], unclear: Sequence[UnclearSentence]
    ) -> Sequence[SentenceVerdict | None]:
        """Return the model's verdicts.

        Raises:
            ModelFailed: it cannot be asked, is too slow, is over budget, or writes no verdict.
        """
        if not unclear:
            return []
        prompt = judge_prompt(question, passages, unclear, self.count, self.mark)
        written: list[str] = []
        failure = ModelFailed("what it writes holds no verdict")
        try:
            written.extend(self.model.write(question, prompt))
        except ModelFailed as error:
            failure = error
        decided = verdicts("".join(written), len(unclear))
        if not any(decided):
            raise failure
        return decided
