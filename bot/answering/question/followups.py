"""A question in a conversation: the history counts, but less than the question.

A follow-up ("And for contractors?") does not name its topic. So the bot searches for it alone, and
again together with the previous turn, the first turn, and the bot's last answer. Pages that several
of these searches find come first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.words import english
from bot.answering.words.denials import split_denial
from bot.answering.words.roles import Word, read
from bot.answering.words.shared_words import weighty_stems
from bot.model import Question, Role, Turn
from indexers.ports import Vector

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
_POINTING = english.word_set("next previous another one second third same else")
"""Words that name nothing and point at the history."""
_ADDING = _POINTING | {"also", "instead", "more", "there", "too"}
"""These add to the history, or point at it."""


@dataclass(frozen=True, slots=True)
class Context:
    """An earlier ``text``, and the ``weight`` of a search with it."""

    text: str
    weight: float


_SWAPS = re.compile(
    r"\W*(?:(?:and|but|or|so|then|und|oder|et|y)\s+)?(?:even\s+)?"
    r"(?:(?:what|how) about|(?:what )?if|was ist mit|wie ist es (?:mit|bei)|qu'en est-il"
    # "To" rather begins what a question is for, and "about" its own topic.
    rf"|qu[e\u00e9] hay|{english.any_of(english.PREPOSITIONS - {'about', 'to'})}"
    r"|f\u00fcr|bei|im|am|mit|ohne|pour|chez|para|en|con)\b"
    r"|\W*(?:and|und|et|y)\s+[\w./-]++\W*+\Z",
    re.IGNORECASE,
)
"""Openings of a follow-up that asks the same about another thing: "And for contractors?", "What
about weekends?", "And Berlin?", "What if I am ill?"."""
_OPENINGS = english.INTERROGATIVES | english.AUXILIARIES | english.PRONOUNS
_NAMES = re.compile(
    rf"\W*(?:and|or)\s+(?!(?:{english.any_of(_OPENINGS)}|if|there|then|please|not|also)\b)"
    r"(?:[\w./'\u2019-]++\W*+){1,4}\Z",
    re.IGNORECASE,
)
"""The same without a preposition, if it is nothing but a name: "And a company phone?"."""
_CASE = re.compile(
    r"(?:and |but |or |so |then )?(?:what )?if\b[^.?!]{0,60}?"
    rf" (?:{english.any_of(english.POSSESSIVES)}|an?) ",
    re.IGNORECASE,
)
"""The opening of a question about a case that names a thing of its own: "What if I lose my
laptop?"."""
_REFERS = re.compile(rf"\b(?:{english.any_of(english.ANAPHORS)})\b", re.IGNORECASE)
_JOINS = re.compile(r"\A\W*(?:and|but|or|so|then|und|oder|et|y)\s+", re.IGNORECASE)
_THANKS = re.compile(
    r"\A\W*(?:ok|okay|great|thanks|thank you|danke|merci|gracias)\b\W*", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_FEW = 2
"""The most content words of a follow-up that asks the same about another thing."""
_NAME = 3
"""The same for one that is nothing but a name."""
_OWN = 1
"""The same for one that asks something else about the same thing ("Who pays for it?"), or about a
case that names a thing of its own ("What if my card expires?")."""
_WHOLE = 3
"""The least content words of a question that begins another topic. Of 66 questions after one about
another topic, 46 are answered rightly when the history is left out so, and 35 when it is not. On
mtrag_govt, whose conversations keep their topic, recall@5 is .006 lower."""


def with_topic(question: Question) -> Question:
    """Return the question with its topic before it, if it is a follow-up that names nothing ("And
    the next one?"), only another thing ("And for contractors?"), or only what it asks ("Who pays
    for it?")."""
    topic = topic_of(question.history)
    if not topic or not _is_follow_up(question.text):
        return question
    own_text = _JOINS.sub("", _THANKS.sub("", question.text))
    return replace(question, text=f"{topic[:_LONGEST]} {own_text}")


def topic_of(history: Sequence[Turn]) -> str:
    """Return the last question that is no follow-up itself, or else the last one; empty if there is
    none."""
    questions = [" ".join(turn.text.split()) for turn in history if turn.role is Role.ASKER]
    standing = (text for text in reversed(questions) if not _is_follow_up(text))
    return next(standing, questions[-1] if questions else "")


def _is_follow_up(text: str) -> bool:
    text = _THANKS.sub("", text[:_LONGEST])
    if _NAMES.match(text):
        most = _NAME
    elif _SWAPS.match(text) and not _CASE.match(text):
        most = _FEW
    else:
        most = _OWN if _REFERS.search(text) or _CASE.match(text) else 0
    return sum(map(_names_something, read(text))) <= most


def swapped(question: Question) -> str:
    """Return the words of a follow-up that names only another thing than its topic ("And for
    contractors?"), also if `with_topic` was applied; empty for any other question."""
    topic = topic_of(question.history)[:_LONGEST]
    joined = with_topic(question).text
    if question.standalone or not topic or not joined.startswith(f"{topic} "):
        return ""
    own_text = joined.removeprefix(topic).strip()
    return "" if _REFERS.search(own_text) else own_text


def begins_topic(question: Question) -> bool:
    """Return whether a question in a conversation leaves its topic: it says itself what it is
    about, refers to nothing, and has no word of what was said before."""
    text = question.text[:_LONGEST]
    stems = weighty_stems(text)
    return (
        len(stems) >= _WHOLE
        and own_words(question) == stems
        and not (_JOINS.match(text) or _SWAPS.match(text) or _REFERS.search(text))
        and not any(word.text.casefold() in _ADDING for word in read(text))
    )


def own_words(question: Question) -> frozenset[str]:
    """Return the stems of the content words of a question that nobody said before it."""
    said = (weighty_stems(context.text) for context in contexts(question.history))
    return weighty_stems(question.text[:_LONGEST]).difference(*said)


def last_reply(history: Sequence[Turn]) -> str:
    return next((turn.text for turn in reversed(history) if turn.role is Role.BOT), "")


def _names_something(word: Word) -> bool:
    return word.weighs and word.text.casefold() not in _POINTING


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
    if questions:
        yield questions[-1], PREVIOUS
        yield questions[0], FIRST
    if replies and _has_topic(replies[-1]):
        yield replies[-1], REPLY


def _has_topic(reply: str) -> bool:
    """Return False for "I searched handbook and found nothing that answers this." It names no
    topic, and would find pages about searching and answers."""
    first = _SENTENCE.split(reply.strip()[:_LONGEST], maxsplit=1)[0]
    denial = split_denial(first)
    return denial is None or bool(denial[1])
