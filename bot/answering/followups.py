"""A question in a conversation: what was said before it counts, and less than it does.

A follow-up ("And for contractors?") names its topic no more. So it is searched for as it
stands, and again together with the turn before it, the first turn, and the bot's last
answer; pages that several of these bring come first.
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
"""What each search weighs: chosen on mtrag_cloud and mtrag_govt, whose halves agree within .03
recall@5 (benchmarks/RESULTS.md)."""
STANDALONE = 0.3
"""What the search with the question that a language model made stand alone weighs; those above
share the rest. With the rewrites that mtrag_cloud and mtrag_govt supply (188, none held back)
nDCG@10 was .394 and .729 beside the others at this weight, .375 and .701 without, .357 and .683
instead of them: put anew, a question gains some words and loses others."""
_BLEND = 0.33
"""The share of an earlier turn's meaning in the meaning that is searched for."""
_LONGEST = 600
"""Characters of a turn that count; what it is about stands at its beginning."""
_POINTING = frozenset("next previous another one second third same else".split())  # noqa: SIM905 - read as words
"""They name nothing: they point at what was said."""


@dataclass(frozen=True, slots=True)
class Context:
    """``text`` was said before; a search with it weighs ``weight``."""

    text: str
    weight: float


_SWAPS = re.compile(
    r"\W*(?:(?:and|but|or|so|then|und|oder|et|y)\s+)?"
    r"(?:(?:what|how) about|was ist mit|wie ist es (?:mit|bei)|qu'en est-il|qu[e\u00e9] hay"
    r"|for|in|on|at|with|without|from|during|f\u00fcr|bei|im|am|mit|ohne|pour|chez|para|en|con)\b"
    r"|\W*(?:and|und|et|y)\s+\w+\W*\Z",
    re.IGNORECASE,
)
"""How a follow-up begins that puts another thing into what was asked before: "And for
contractors?", "What about weekends?", "And Berlin?"."""
_JOINS = re.compile(r"\A\W*(?:and|but|or|so|then|und|oder|et|y)\s+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_FEW = 2
"""Words that name something; such a follow-up has no more."""


def carried(question: Question) -> Question:
    """A follow-up that names nothing ("And the next one?"), or only another thing to ask the
    same of ("And for contractors?"), asks on what was asked before it, in those words first."""
    asked = [turn.text for turn in question.history if turn.role is Role.ASKER]
    naming = sum(map(_names, read(question.text)))
    if not asked or naming > (_FEW if _SWAPS.match(question.text) else 0):
        return question
    before = " ".join(asked[-1].split())[:_LONGEST]
    return replace(question, text=f"{before} {_JOINS.sub('', question.text)}")


def _names(word: Word) -> bool:
    return word.weighs and word.text.casefold() not in _POINTING


def contexts(history: Sequence[Turn]) -> list[Context]:
    """What of ``history`` a follow-up may be about; the same words count once."""
    asked = [turn.text for turn in history if turn.role is Role.ASKER]
    replies = [turn.text for turn in history if turn.role is Role.BOT]
    found: dict[str, float] = {}
    for text, weight in _said(asked, replies):
        cut = " ".join(text.split())[:_LONGEST]
        if any(character.isalnum() for character in cut):
            found[cut] = found.get(cut, 0.0) + weight
    return [Context(text, weight) for text, weight in found.items()]


def blended(question: Vector, context: Vector) -> Vector:
    """The meaning of a question within that of its context, of unit length again."""
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
    """Return False of "I searched handbook and found nothing that answers this." Its words are
    about no matter, and would find pages on searching and answers."""
    first = _SENTENCE.split(reply.strip()[:_LONGEST], maxsplit=1)[0]
    denied = split_denial(first)
    return denied is None or bool(denied[1])
