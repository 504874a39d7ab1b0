"""Plausibility: a language model is asked only if the passages may be about the question.

Quoting requires much more, because a wrong passage is a wrong answer. A model reads the passages
and can say that they do not answer, which helps the asker. A question about something else entirely
should not cost a call.
"""

from __future__ import annotations

from footnote_bot.bot.answering.deciding.confidence import features
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.model import Answer, NoAnswer, Question, Reason, Result, Role

_CLOSEST, _WORDS, _PAIRS, _LEAST = 21.4, 7.7, 4.1, 9.0
"""The weights of the best passage's features, from a curve that tells questions about a wiki from
questions about others, and the threshold. On the development halves of everyday questions on three
handbooks, 98 % of those with an answer and all near misses were above it, and 6 % of questions
about other things (squad2)."""


def is_plausible(question: Question, retrieved: Retrieved) -> bool:
    """Return whether the passages may be about ``question``, alone or with the one it follows."""
    earlier_questions = [turn.text for turn in question.history if turn.role is Role.ASKER]
    wordings = [
        question.sought,
        *(f"{previous} {question.text}" for previous in earlier_questions[-1:]),
    ]
    return any(_weighted_sum(text, retrieved) >= _LEAST for text in wordings)


def _weighted_sum(text: str, retrieved: Retrieved) -> float:
    observed = features(text, retrieved)
    return _CLOSEST * observed.closest + _WORDS * observed.words + _PAIRS * observed.pairs


def to_compose_from(question: Question, retrieved: Retrieved, quoted: Result) -> Answer | None:
    """Return the answer whose text a language model's words will replace; None if no model should
    be asked. ``quoted`` is the reply without a model."""
    if isinstance(quoted, Answer):
        return quoted
    if not isinstance(quoted, NoAnswer) or quoted.reason is not Reason.NOTHING_FITS:
        return None
    if not is_plausible(question, retrieved):
        return None
    return Answer(
        "",
        (),
        quoted.confidence,
        quoted.timings,
        unchecked=quoted.unchecked,
        linked=quoted.linked,
        narrowed=quoted.narrowed,
        nearest=quoted.nearest,
    )
