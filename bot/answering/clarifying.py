"""A clarifying question for a question that is ambiguous, in words from the wiki.

"How do I get access?" could be answered with any one of a dozen pages, and most answers would be
wrong. The readings offered are the few things that the wiki calls by the question's words. A rule
and no model, so that it can be explained; and a rule that prefers misses to errors, because a clear
question should not be asked back about:

1. The question is short: it has one or two words that say what it is about, names nothing,
   has no number, no "not" and no "before" or "only", is no "who", "why" or "is it", does not
   ask what something is, and nothing was said before it.
2. At least two titles or headings hold these words and others, and are called by them
   differently: VPN access, office access.
3. No passage that was found fits far better than theirs.
4. No title or heading is the question's own words: that one would answer it. But where one
   word is all that is said, or where several pages have such a heading, they are asked for.
5. No more than two are of one page, and none is a part of another.

A reading is put as a person would say it (`bot.answering.readings`), not as a heading stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering import followups, texts
from bot.answering.composing.words import TokenRole, Word, bases, read
from bot.answering.readings import in_full, in_words
from bot.answering.retrieval import Retrieved
from bot.answering.sources import source_of
from bot.model import Clarify, Question, Reading
from indexers.model import Hit
from indexers.text.prose import plain

MOST = 3
"""Readings that are offered."""
_FEWEST = 2
_OF_A_PAGE = 2
_TOPICAL = 2
"""Topic words of a question; one with more is specific."""
_WEIGHTY = 4
"""Content words of a question."""
_FITS = 7.0
"""How far a reading's best passage may be below the best of all (scores differ by log odds, see
`bot.answering.ranking`). Far: much of what one word finds is chance."""
_ANSWERS = 3.5
"""How far the passage may be below the one whose heading answers."""
_TOLD_APART = 3
"""Words beside the question's that a label may have; one with more is a topic of its own."""

_CARRIERS = """
able add advice answer anything application apply ask basic begin being brief complete create
detail different do doing example find general getting give go guidance guide guideline happen
have having help info information introduction kind know learn list long look making many more
much need new often option our overview please policies policy procedure process question request
rule see set show someone something start still submit take team tell thing tip try type
understand up use want way
"""
"""Words of any question and any heading, which say nothing about its topic."""
_OPENINGS = re.compile(
    r"\W*(?:who|whom|whose|why|when|which|is|are|was|were|am|does|do|did|has|have|had|can|could|"
    r"may|might|must|shall|should|will|would|how (?:does|did|is|are|was|were))\b",
    re.IGNORECASE,
)
"""Openings of questions for a single fact, or for a yes."""
_WHAT = re.compile(r"\W*what\b", re.IGNORECASE)
_WHAT_IS_THE = re.compile(r"\W*what(?:'s|\u2019s| is| are) (?:the|our|my|your)\b", re.IGNORECASE)
"""Asks what something is, unless it is "the process", "the policy" or the like."""
_ALL_OF_THEM = re.compile(r"\b(?:different|difference|differences|kinds?|types?)\b", re.IGNORECASE)
"""A question about several things at once needs no choice between them."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a question, as roots: its ``topic``, all its ``weighty`` ones, and whether it is
    ``bare``: its topic and nothing else."""

    topic: frozenset[str]
    weighty: frozenset[str]
    bare: bool

    @property
    def one_word(self) -> bool:
        return self.bare and len(self.topic) == 1


@dataclass(slots=True)
class _Matter:
    """A topic of several passages: the words that tell it ``apart`` from others, the ``label`` and
    ``hit`` of the best passage, the question that ``asks`` for it, the ``path`` of headings down to
    it, and the sum of scores in ``mass``. ``exact``: its heading is the question's words and no
    more."""

    apart: frozenset[str]
    label: str
    asks: str
    path: Sequence[str]
    hit: Hit
    score: float
    exact: bool
    mass: float = 0.0

    @property
    def page(self) -> tuple[str, str]:
        return self.hit.passage.wiki, self.hit.passage.page

    def overlaps(self, other: _Matter) -> bool:
        """Return whether one contains the other, both being of one page."""
        shorter = min(len(self.path), len(other.path))
        return self.path[:shorter] == other.path[:shorter]

    @property
    def worth(self) -> float:
        """Return how well the label fits; one that is one word longer than the question fits
        best."""
        return self.mass / max(1, len(self.apart))


@dataclass(frozen=True, slots=True)
class Clarification:
    """The decision on asking back. ``readings`` is empty if nothing is asked; ``why`` explains it
    either way."""

    readings: tuple[Reading, ...]
    why: str


class Clarifying:
    """The rule for clarifying questions."""

    def __call__(self, question: Question, retrieved: Retrieved) -> Clarify | None:
        """Return the clarifying question; None if the question is to be answered."""
        readings = self.decide(question, retrieved).readings
        if not readings:
            return None
        return Clarify(texts.do_you_mean([reading.label for reading in readings]), readings)

    def decide(self, question: Question, retrieved: Retrieved) -> Clarification:
        question_words = asked(question)
        if isinstance(question_words, str):
            return Clarification((), texts.not_asked_back(question_words))
        hits = sorted(retrieved.hits, key=lambda hit: -hit.score)
        found = _matters(question_words, hits)
        if isinstance(found, str):
            return Clarification((), texts.not_asked_back(found))
        readings = tuple(_reading(question.text, question_words, matter) for matter in found)
        topic = " ".join(
            word.text for word in read(question.text) if word.root in question_words.topic
        )
        return Clarification(readings, texts.asked_back(topic, len(readings)))


def asked(question: Question) -> QuestionWords | str:
    """Return the question's words, or the reason why there is nothing to ask back."""
    words = read(question.text)
    weighty = frozenset(word.root for word in words if word.weighs)
    topic = weighty - CARRIERS
    bare = topic == weighty and all(_says_nothing(word) for word in words if not word.weighs)
    question_words = QuestionWords(topic, weighty, bare)
    return next(_reasons(question, words, question_words), question_words)


def _reasons(
    question: Question, words: Sequence[Word], question_words: QuestionWords
) -> Iterator[str]:
    """Yield the reasons not to ask back."""
    if followups.contexts(question.history):
        yield texts.IN_A_CONVERSATION
    if _OPENINGS.match(question.text):
        yield texts.ONE_FACT
    for word in words:
        if word.role in (TokenRole.NAME, TokenRole.NUMBER, TokenRole.NOT) or word.limit:
            yield texts.made_specific(word.text)
    if not question_words.topic:
        yield texts.NO_TOPIC
    if len(question_words.topic) > _TOPICAL or len(question_words.weighty) > _WEIGHTY:
        yield texts.WORDS_ENOUGH
    named = _WHAT_IS_THE.match(question.text) and question_words.topic < question_words.weighty
    if _WHAT.match(question.text) and not named:
        yield texts.WHAT_IT_IS
    if _ALL_OF_THEM.search(question.text):
        yield texts.SEVERAL_THINGS


def _says_nothing(word: Word) -> bool:
    return word.role is not TokenRole.IDLE or word.root in _ARTICLES


_ARTICLES = frozenset({"a", "an", "the", "and", "of", "for", "on", "in", "about"})


CARRIERS = bases(read(_CARRIERS))


def _matters(question_words: QuestionWords, hits: Sequence[Hit]) -> list[_Matter] | str:
    """Return the topics of the passages, best first; or, if there is at most one, the reason why
    nothing is asked back."""
    if not hits:
        return texts.FOUND_NOTHING
    fits, answers = hits[0].score - _FITS, hits[0].score - _ANSWERS
    matters: dict[frozenset[str], _Matter] = {}
    for hit in hits:
        matter = _matter(question_words, hit)
        if matter is None:
            continue
        if not matter.apart and matter.score >= answers and not question_words.one_word:
            return texts.JUST_THAT
        if matter.apart:
            matters.setdefault(matter.apart, matter).mass += matter.score
    exact = [one for one in matters.values() if one.exact and one.score >= answers]
    if exact and len(question_words.weighty) > 1:
        return _best(exact) or texts.JUST_THAT
    good = [
        matter
        for matter in _folded(matters.values())
        if matter.score >= fits and (matter.exact or len(matter.apart) <= _TOLD_APART)
    ]
    return _best(good) or texts.NO_TWO_THINGS


def _best(matters: Iterable[_Matter]) -> list[_Matter]:
    """Return the best topics; empty if there is no choice between them."""
    ranked = sorted(matters, key=lambda matter: (-matter.worth, matter.label))
    by_label = {matter.label.casefold(): matter for matter in reversed(ranked)}
    best: list[_Matter] = []
    for matter in ranked:
        of_page = [other for other in best if other.page == matter.page]
        free = len(of_page) < _OF_A_PAGE and not any(map(matter.overlaps, of_page))
        if free and by_label[matter.label.casefold()] is matter:
            best.append(matter)
    return best[:MOST] if len(best) >= _FEWEST else []


def _matter(question_words: QuestionWords, hit: Hit) -> _Matter | None:
    """Return the topic of a passage. The innermost title or heading with the question's words names
    it, together with the outermost that tells it apart if it has no more words of its own."""
    path = [" ".join(plain(part).split()) for part in (hit.passage.title, *hit.passage.headings)]
    roots = [bases(read(part)) for part in path]
    for at in range(len(path) - 1, -1, -1):
        if question_words.topic <= roots[at]:
            break
    else:
        return None
    text = hit.passage.text
    asks = in_full(path[at], path[0], text)
    if apart := roots[at] - question_words.topic - CARRIERS:
        # For a section of a page on something else, its heading alone says too little.
        place = path[0] if at and not question_words.topic & roots[0] else ""
        label = in_words(path[at], place, text)
        return _Matter(apart, label, asks, path[: at + 1], hit, hit.score, exact=False)
    for outer in range(at):
        if apart := roots[outer] - question_words.topic - CARRIERS:
            label = in_words(path[at], path[outer], text)
            exact = roots[at] <= question_words.weighty
            return _Matter(apart, label, asks, path[: at + 1], hit, hit.score, exact)
    label = in_words(path[at], "", text)
    return _Matter(frozenset(), label, asks, path[: at + 1], hit, hit.score, exact=True)


def _folded(matters: Iterable[_Matter]) -> list[_Matter]:
    """Return the topics without those whose label another one's contains."""
    kept: list[_Matter] = []
    for matter in sorted(matters, key=lambda one: (len(one.apart), -one.mass, one.label)):
        wider = [other for other in kept if other.apart < matter.apart]
        if wider:
            whole = max(wider, key=lambda other: other.mass)
            whole.mass += matter.mass
            whole.score = max(whole.score, matter.score)
        else:
            kept.append(matter)
    return kept


def _reading(question: str, question_words: QuestionWords, matter: _Matter) -> Reading:
    """Return the reading. It asks for the heading on its page, because a heading by itself may be
    on many."""
    asked_for = " ".join(question.split()).rstrip(" ?")
    asks = matter.asks if question_words.bare else f"{asked_for}: {matter.asks}?"
    return Reading(matter.label, asks, source_of(matter.hit.passage, ""))
