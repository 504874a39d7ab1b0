"""A question in a conversation: the history counts, but less than the question.

A follow-up ("And for contractors?") does not name its topic. So it is searched for as it is, and
again together with the previous turn, the first turn, and the bot's last answer; pages that several
of these find come first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.composing.denials import split_denial
from bot.answering.composing.words import Word, read
from bot.model import Question, Role, Turn
from indexers.ports import Vector

ALONE = 0.2
PREVIOUS = 0.2
FIRST = 0.15
REPLY = 0.45
"""The weights of the searches: chosen on mtrag_cloud and mtrag_govt, whose halves agree within .03
recall@5 (benchmarks/RESULTS.md)."""
STANDALONE = 0.3
"""The weight of the search with a language model's standalone question; those above share the rest.
With the rewrites that mtrag_cloud and mtrag_govt supply (188, none held back) nDCG@10 was .394 and
.729 beside the others at this weight, .375 and .701 without, .357 and .683 instead of them: a
rewritten question gains some words and loses others."""
_BLEND = 0.33
"""The share of an earlier turn's embedding in the one that is searched for."""
_LONGEST = 600
"""Characters of a turn that count; its subject is at the beginning."""
_POINTING = frozenset("next previous another one second third same else".split())  # noqa: SIM905 - read as words
"""Words that name nothing and point at the history."""


@dataclass(frozen=True, slots=True)
class Context:
    """An earlier ``text``; a search with it has this ``weight``."""

    text: str
    weight: float


_SWAPS = re.compile(
    r"\W*(?:(?:and|but|or|so|then|und|oder|et|y)\s+)?"
    r"(?:(?:what|how) about|was ist mit|wie ist es (?:mit|bei)|qu'en est-il|qu[e\u00e9] hay"
    r"|for|in|on|at|with|without|from|during|f\u00fcr|bei|im|am|mit|ohne|pour|chez|para|en|con)\b"
    r"|\W*(?:and|und|et|y)\s+\w+\W*\Z",
    re.IGNORECASE,
)
"""Openings of a follow-up that asks the same of another thing: "And for contractors?", "What about
weekends?", "And Berlin?"."""
_JOINS = re.compile(r"\A\W*(?:and|but|or|so|then|und|oder|et|y)\s+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_FEW = 2
"""Content words; such a follow-up has no more."""


def carried(question: Question) -> Question:
    """Return the question with the previous one's words first, if it is a follow-up that names
    nothing ("And the next one?"), or only another thing ("And for contractors?")."""
    asked = [turn.text for turn in question.history if turn.role is Role.ASKER]
    naming = sum(map(_names, read(question.text)))
    if not asked or naming > (_FEW if _SWAPS.match(question.text) else 0):
        return question
    before = " ".join(asked[-1].split())[:_LONGEST]
    return replace(question, text=f"{before} {_JOINS.sub('', question.text)}")


def _names(word: Word) -> bool:
    return word.weighs and word.text.casefold() not in _POINTING


def contexts(history: Sequence[Turn]) -> list[Context]:
    """Return the contexts of a follow-up from ``history``; the same words count once."""
    asked = [turn.text for turn in history if turn.role is Role.ASKER]
    replies = [turn.text for turn in history if turn.role is Role.BOT]
    found: dict[str, float] = {}
    for text, weight in _said(asked, replies):
        cut = " ".join(text.split())[:_LONGEST]
        if any(character.isalnum() for character in cut):
            found[cut] = found.get(cut, 0.0) + weight
    return [Context(text, weight) for text, weight in found.items()]


def blended(question: Vector, context: Vector) -> Vector:
    """Return the embedding of a question blended with that of its context, of unit length again."""
    mixed = [a * (1 - _BLEND) + b * _BLEND for a, b in zip(question, context, strict=True)]
    length = math.sqrt(math.fsum(value * value for value in mixed))
    return [value / length for value in mixed] if length else question


def _said(asked: Sequence[str], replies: Sequence[str]) -> Iterator[tuple[str, float]]:
    if asked:
        yield asked[-1], PREVIOUS
        yield asked[0], FIRST
    if replies and _tells(replies[-1]):
        yield replies[-1], REPLY


def _tells(reply: str) -> bool:
    """Return False for "I searched handbook and found nothing that answers this." Its words have no
    topic, and would find pages about searching and answers."""
    first = _SENTENCE.split(reply.strip()[:_LONGEST], maxsplit=1)[0]
    denied = split_denial(first)
    return denied is None or bool(denied[1])
