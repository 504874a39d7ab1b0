"""A question in a conversation: the history counts, but less than the question.

A follow-up ("And for contractors?") does not name its topic. So the bot searches for it alone, and
again together with the previous turn, the first turn, and the bot's last answer. Pages that several
of these searches find come first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering import texts
from footnote_bot.bot.model import Role, Turn
from footnote_bot.indexers.ports import Vector

ALONE = 0.2
PREVIOUS = 0.2
FIRST = 0.15
REPLY = 0.45
"""The weights of the searches, chosen on mtrag_cloud and mtrag_govt, whose halves agree within .03
recall@5 (benchmarks/RESULTS.md)."""
STANDALONE = 0.3
"""The weight of the search for a language model's standalone question; the searches above share the
rest. With the rewrites that mtrag_cloud and mtrag_govt supply (188, none held back), nDCG@10 was
.394 and .729 with this search beside the others, .375 and .701 without it, and .357 and .683 with
it alone: a rewritten question gains some words and loses others."""
_BLEND = 0.33
"""The share of an earlier turn's embedding in the embedding that is searched for."""
_LONGEST = 600
"""Characters of a turn that count: its subject is at the beginning."""


@dataclass(frozen=True, slots=True)
class Context:
    """An earlier ``text``, and the ``weight`` of a search with it."""

    text: str
    weight: float


def previous_question(history: Sequence[Turn]) -> str:
    """Return the asker's latest question in the history, on one line; empty if there is none."""
    questions = [turn.text for turn in history if turn.role is Role.ASKER]
    return " ".join(questions[-1].split()) if questions else ""


def contexts(history: Sequence[Turn]) -> list[Context]:
    """Return the contexts of a follow-up from ``history``. Turns with the same words are one
    context, with the sum of their weights."""
    questions = [turn.text for turn in history if turn.role is Role.ASKER]
    replies = [turn.text for turn in history if turn.role is Role.BOT]
    weights: dict[str, float] = {}
    for text, weight in _weighted_turns(questions, replies):
        shortened = " ".join(text.split())[:_LONGEST]
        if any(character.isalnum() for character in shortened):
            weights[shortened] = weights.get(shortened, 0.0) + weight
    return [Context(text, weight) for text, weight in weights.items()]


def blended(question: Vector, context: Vector) -> Vector:
    """Return the blended embedding of a question and its context, with unit length."""
    mixed = [a * (1 - _BLEND) + b * _BLEND for a, b in zip(question, context, strict=True)]
    length = math.sqrt(math.fsum(value * value for value in mixed))
    return [value / length for value in mixed] if length else question


def _weighted_turns(
    questions: Sequence[str], replies: Sequence[str]
) -> Iterator[tuple[str, float]]:
    """Yield the texts of the turns that are searched for, with their weights."""
    if questions:
        yield questions[-1], PREVIOUS
        yield questions[0], FIRST
    # Our own "found nothing" names no topic, and would find pages about searching and answers.
    if replies and not replies[-1].startswith(texts.SILENT):
        yield replies[-1], REPLY
