"""A question whose words are all in one sentence of a page: "what is ME51N?".

A cross-encoder, which learned from prose, thinks little of codes, commands and names in tables. But
"I found nothing" is absurd about a word that a page names.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.deciding.clarifying import CARRIERS
from bot.answering.words.roles import TokenRole, read
from bot.answering.words.shared_words import shared_words
from bot.answering.words.stems import stems
from indexers.model import Hit

_MEANING = frozenset({"mean", "stand"})
_RARE = 3
"""Passages. A word that at most this many of those found have tells what a question is about."""


def has_all_words(question: str, hits: Sequence[Hit]) -> bool:
    """Return whether a sentence of the first of ``hits`` has all words of a question that say what
    it is about, and one of these words is a rare code or name: "what is ME51N?"."""
    words = read(question)
    others = (word.text for word in words if not word.weighs or word.base in CARRIERS | _MEANING)
    topical = stems(question) - stems(" ".join(others))
    # A number says nothing without its thing: "day 3" is not "3 times a day".
    if any(map(str.isdecimal, topical)):
        return False
    names = stems(" ".join(word.text for word in words if word.role is TokenRole.NAME))
    telling = {stem for stem in topical if stem in names or any(map(str.isdecimal, stem))}
    if not telling:
        return False
    passages = [shared_words(question, hit.passage.embedded) for hit in hits]
    return any(topical <= sentence for sentence in passages[0].sentences) and any(
        sum(stem in passage.stems for passage in passages) <= _RARE for stem in telling
    )
