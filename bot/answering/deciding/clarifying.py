"""A clarifying question for a question that is ambiguous, in words from the wiki.

"How do I get access?" could be answered with any of a dozen pages, and most answers would be wrong.
The readings offered are the few things that the wiki calls by the question's words. A rule decides,
not a model, so that the decision can be explained. It prefers misses to errors, because the bot
should not ask back about a clear question:

1. The question is short: it has one or two words that say what it is about, names nothing,
   has no number, no "not" and no "before" or "only", is no "who", "why" or "is it", does not
   ask what something is, and begins the conversation.
2. At least two titles or headings contain these words, and differ in their other words: VPN
   access, office access. A heading may have some of the words, and no others, if those above it
   have the rest: "Cost" of "Parking in Oslo".
3. No other passage found fits far better than theirs.
4. No title or heading consists of the question's words alone: that one would answer it. But if
   the question is a single word, or several pages have such a heading, the bot asks back.
5. At most two are from the same page, and none is a part of another.

A reading is worded as a person would say it (`bot.answering.deciding.readings`), not like a
heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.answering import texts
from bot.answering.deciding.readings import as_label, as_question
from bot.answering.question import followups
from bot.answering.retrieval.retrieval import Retrieved
from bot.answering.retrieval.sources import source_of
from bot.answering.words.english import ARTICLES, AUXILIARIES, POSSESSIVES, any_of
from bot.answering.words.roles import TokenRole, Word, bases, read
from bot.model import Clarify, Question, Reading
from indexers.model import Hit
from indexers.text.prose import plain

MOST = 3
"""Readings that are offered."""
_FEWEST = 2
_OF_A_PAGE = 2
_TOPICAL = 2
"""Topic words of a question. One with more is specific."""
_WEIGHTY = 4
"""Content words of a question."""
_FITS = 7.0
"""How far a reading's best passage may score below the best of all, in log odds (see
`bot.answering.retrieval.ranking`). This is far, because a search for one word ranks largely by
chance."""
_ANSWERS = 3.5
"""The same for a passage whose heading is the question's words."""
_MOST_DISTINCT = 3
"""Words that a label may have beside the question's. One with more is a topic of its own."""

_CARRIERS = """
able add advice answer anything application apply ask basic begin being brief complete create
detail different do doing example find general getting give go guidance guide guideline happen
have having help info information introduction kind know learn list long look making many more
much need new often option our overview please policies policy procedure process question request
rule see set show someone something start still submit take team tell thing tip try type
understand up use want way
"""
"""Words that any question or heading may have, and that say nothing about its topic."""
_OPENINGS = re.compile(
    rf"\b(?:who|whom|whose|why)\b|\A\W*(?:when|which|{any_of(AUXILIARIES)}"
    r"|how (?:does|did|is|are|was|were))\b",
    re.IGNORECASE,
)
"""Openings of questions for a single fact, or for a yes. Some ask wherever they are: "code reviews,
who does them?"."""
_WHAT = re.compile(r"\W*what\b", re.IGNORECASE)
_WHAT_IS_THE = re.compile(
    rf"\W*what(?:'s|\u2019s| is| are) (?:the|{any_of(POSSESSIVES)})\b", re.IGNORECASE
)
"""Asks what something is, unless it is "the process", "the policy" or the like."""
_ALL_OF_THEM = re.compile(r"\b(?:different|difference|differences|kinds?|types?)\b", re.IGNORECASE)
"""A question about several things at once needs no choice between them."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a question, as roots: those of its ``topic``, and all ``weighty`` ones.
    ``bare``: it consists of its topic alone."""

    topic: frozenset[str]
    weighty: frozenset[str]
    bare: bool

    @property
    def one_word(self) -> bool:
        return self.bare and len(self.topic) == 1


@dataclass(slots=True)
class _Candidate:
    """A possible reading, from one or more passages. ``distinct_words`` tell it from the others;
    ``label`` and ``hit`` are those of its best passage; ``question`` asks for it; ``path`` holds
    the headings down to it; ``mass`` is the sum of its passages' scores. ``exact``: its heading
    consists of the question's words alone."""

    distinct_words: frozenset[str]
    label: str
    question: str
    path: Sequence[str]
    hit: Hit
    score: float
    exact: bool
    mass: float = 0.0

    @property
    def page(self) -> tuple[str, str]:
        return self.hit.passage.wiki, self.hit.passage.page

    def overlaps(self, other: _Candidate) -> bool:
        """Return whether one contains the other, if both are from the same page."""
        shorter = min(len(self.path), len(other.path))
        return self.path[:shorter] == other.path[:shorter]

    @property
    def worth(self) -> float:
        """Return how well the label fits. It fits best with one word more than the question."""
        return self.mass / max(1, len(self.distinct_words))


@dataclass(frozen=True, slots=True)
class Clarification:
    """The decision whether to ask back. ``readings`` is empty if not; ``why`` explains it in both
    cases."""

    readings: tuple[Reading, ...]
    why: str


class Clarifying:
    """The rule for clarifying questions."""

    def __call__(self, question: Question, retrieved: Retrieved) -> Clarify | None:
        """Return the clarifying question; None if the question should be answered."""
        readings = self.decide(question, retrieved).readings
        if not readings:
            return None
        return Clarify(texts.do_you_mean([reading.label for reading in readings]), readings)

    def decide(self, question: Question, retrieved: Retrieved) -> Clarification:
        question_words = read_question(question)
        if isinstance(question_words, str):
            return Clarification((), texts.not_asked_back(question_words))
        hits = sorted(retrieved.hits, key=lambda hit: -hit.score)
        candidates = _candidates(question_words, hits)
        if isinstance(candidates, str):
            return Clarification((), texts.not_asked_back(candidates))
        readings = tuple(
            _reading(question.text, question_words, candidate) for candidate in candidates
        )
        topic = " ".join(
            word.text for word in read(question.text) if word.root in question_words.topic
        )
        return Clarification(readings, texts.asked_back(topic, len(readings)))


def read_question(question: Question) -> QuestionWords | str:
    """Return the question's words, or the reason not to ask back."""
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
    if question.asked:
        # Its readings would show words that nobody wrote.
        yield texts.TRANSLATED
    if _OPENINGS.search(question.text):
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
    return word.role is not TokenRole.IDLE or word.root in _LINKS


_LINKS = ARTICLES | {"and", "of", "for", "on", "in", "about"}


CARRIERS = bases(read(_CARRIERS))


def _candidates(question_words: QuestionWords, hits: Sequence[Hit]) -> list[_Candidate] | str:
    """Return the possible readings, best first; or, if there are fewer than two, the reason not to
    ask back."""
    if not hits:
        return texts.FOUND_NOTHING
    fits, answers = hits[0].score - _FITS, hits[0].score - _ANSWERS
    candidates: dict[frozenset[str], _Candidate] = {}
    for hit in hits:
        candidate = _candidate(question_words, hit)
        if candidate is None:
            continue
        if (
            not candidate.distinct_words
            and candidate.score >= answers
            and not question_words.one_word
        ):
            return texts.JUST_THAT
        if candidate.distinct_words:
            candidates.setdefault(candidate.distinct_words, candidate).mass += candidate.score
    exact = [
        candidate
        for candidate in candidates.values()
        if candidate.exact and candidate.score >= answers
    ]
    if exact and len(question_words.weighty) > 1:
        return _best(exact) or texts.JUST_THAT
    good = [
        candidate
        for candidate in _folded(candidates.values())
        if candidate.score >= fits
        and (candidate.exact or len(candidate.distinct_words) <= _MOST_DISTINCT)
    ]
    return _best(good) or texts.NO_TWO_THINGS


def _best(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Return the best candidates; empty if fewer than two are left."""
    ranked = sorted(candidates, key=lambda candidate: (-candidate.worth, candidate.label))
    by_label = {candidate.label.casefold(): candidate for candidate in reversed(ranked)}
    best: list[_Candidate] = []
    for candidate in ranked:
        same_page = [other for other in best if other.page == candidate.page]
        is_eligible = len(same_page) < _OF_A_PAGE and not any(map(candidate.overlaps, same_page))
        if is_eligible and by_label[candidate.label.casefold()] is candidate:
            best.append(candidate)
    return best[:MOST] if len(best) >= _FEWEST else []


def _candidate(question_words: QuestionWords, hit: Hit) -> _Candidate | None:
    """Return the reading that a passage suggests. The innermost title or heading with the
    question's words names it, or with some of them and no others if those above it have the rest;
    if that has no other words, the outermost title or heading with other words is added."""
    path = [" ".join(plain(part).split()) for part in (hit.passage.title, *hit.passage.headings)]
    roots = [bases(read(part)) for part in path]
    topic = question_words.topic
    for level in range(len(path) - 1, -1, -1):
        if topic <= roots[level]:
            break
        own = roots[level] - CARRIERS
        if own and own <= topic <= frozenset().union(*roots[: level + 1]):
            break
    else:
        return None
    text = hit.passage.text
    full_question = as_question(path[level], path[0], text)
    if distinct_words := roots[level] - question_words.topic - CARRIERS:
        # If the page is about something else, the heading of its section alone says too little.
        context = path[0] if level and not question_words.topic & roots[0] else ""
        label = as_label(path[level], context, text)
        return _Candidate(
            distinct_words, label, full_question, path[: level + 1], hit, hit.score, exact=False
        )
    for outer in range(level):
        if distinct_words := roots[outer] - question_words.topic - CARRIERS:
            exact = roots[level] <= question_words.weighty
            # The question has all words of the heading: "Parking in Oslo" says more than "Cost".
            names_topic = exact and not topic.isdisjoint(roots[outer])
            heading, place = (path[outer], "") if names_topic else (path[level], path[outer])
            label = as_label(heading, place, text)
            return _Candidate(
                distinct_words, label, full_question, path[: level + 1], hit, hit.score, exact
            )
    label = as_label(path[level], "", text)
    return _Candidate(
        frozenset(), label, full_question, path[: level + 1], hit, hit.score, exact=True
    )


def _folded(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Merge each candidate into one whose distinct words are among its own, if there is one."""
    folded: list[_Candidate] = []
    for candidate in sorted(
        candidates,
        key=lambda candidate: (len(candidate.distinct_words), -candidate.mass, candidate.label),
    ):
        wider = [other for other in folded if other.distinct_words < candidate.distinct_words]
        if wider:
            parent = max(wider, key=lambda other: other.mass)
            parent.mass += candidate.mass
            parent.score = max(parent.score, candidate.score)
        else:
            folded.append(candidate)
    return folded


def _reading(question: str, question_words: QuestionWords, candidate: _Candidate) -> Reading:
    """Return the reading. Its question names the page, too: many pages may have the same
    heading."""
    wording = " ".join(question.split()).rstrip(" ?")
    full_question = (
        candidate.question if question_words.bare else f"{wording}: {candidate.question}?"
    )
    return Reading(candidate.label, full_question, source_of(candidate.hit.passage, ""))
