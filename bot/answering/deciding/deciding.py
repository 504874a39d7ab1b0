"""The decision how to reply without a language model: a section, the nearest ones, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.deciding.confidence import Confidence, Features, features
from footnote_bot.bot.answering.question.followups import previous_question
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.model import Question, Tone


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision by the chance that a section answers: from ``sure`` on it is shown, from
    ``near`` on it is named among the nearest."""

    confidence: Confidence
    sure: float
    near: float

    def tone(self, question: Question, chance: float) -> Tone:
        """Return how to reply, if the best section answers with this ``chance``."""
        # Across languages only names compare reliably, which is too little for an answer.
        is_incomparable = question.foreign and not question.bridged
        if chance >= self.sure and not is_incomparable:
            return Tone.ANSWER
        return Tone.CLOSEST if chance >= self.near else Tone.SILENCE

    def features(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features of the passages found, by the question's wording of best chance."""
        observed = [features(wording, retrieved) for wording in wordings(question)]
        return max(observed, key=self.confidence)

    def rule(self, tone: Tone, chance: float, observed: Features) -> str:
        """Return the deciding rule in words, for `footnote ask --why`."""
        rules = [texts.chance(chance), texts.thresholds(self.sure, self.near, tone)]
        read = texts.NOT_READ_TOGETHER if observed.read is None else texts.READ_TOGETHER
        return " ".join([*rules, texts.FEATURES, read])


def wordings(question: Question) -> Sequence[str]:
    """Return the wordings of a question: by itself, only what it asks and, if it is a follow-up,
    with the question that it follows."""
    previous = previous_question(question.history)
    others = [question.asking, f"{previous} {question.text}" if previous else ""]
    return [question.sought, *filter(None, others)]


NEAR = 0.08
"""The chance from which a section is named: 19 in 20 questions with an answer have it."""
