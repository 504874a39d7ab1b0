"""A short follow-up -> the whole question that it stands for.

"And a phone?" after "My laptop was stolen, what now?" asks "My phone was stolen, what now?". Search
and cross-encoder understand this better than both texts in a row, which still name the laptop. Of
the things in the question before, the one nearest in meaning is replaced.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from bot.answering.question.followups import swapped, topic_of
from bot.answering.words import english
from bot.model import Question
from indexers.ports import Vector

Embed = Callable[[str], Vector]

_LONGEST = 200
"""Characters of the question before. In a longer one, many things could be meant."""
_MOST_THINGS = 24
"""Things that are compared. Each takes as long as a short question to embed, 1.3 ms."""
_MOST_WORDS = 4
"""Words of a thing."""
_LEAST = 0.3
"""The least cosine of a thing and the one that replaces it."""
_LEAST_PARALLEL = 0.15
"""The same after the preposition that the follow-up has, too."""
_PLACED = 0.1
"""How much nearer a thing counts that stands where only things stand: after an article or a
preposition or, as the subject, after the verb that begins a question."""
_LONGER = 0.02
"""How much nearer a thing counts for each of its words."""
_VERBS = 2
"""Words after a subject that may be its verb: "does comp time expire"."""

_ENGLISH = english.INTERROGATIVES | english.word_set("the is are does do my our of and can")
"""Words by which a question is known to be English."""
_DETERMINERS = english.DETERMINERS | {"any", "some"}
_BEFORE_VERBS = english.PRONOUNS | {"to", "not", "how"}
"""A verb follows these, or "many"."""
_SMALL = _DETERMINERS | _BEFORE_VERBS | english.PREPOSITIONS | english.AUXILIARIES
_SMALL |= english.INTERROGATIVES | {"and", "or", "but", "if", "be", "been", "there"}
"""Words that belong to no thing."""
_RELATIVE = english.word_set(
    "above below first following former last latter next other others previous rest same second"
)
"""Words by which a thing is told only from one before it: "And for the next one?"."""
_MANNERS = english.word_set("long often many much soon far old big")
"""After "how"."""
_WORD = re.compile(r"[^\W_](?:[\w+#/&'\u2019-]|\.(?=\w)){0,60}")
_LEADS = re.compile(
    r"\W*(?:(?:and|but|or|so|then|also|even|(?:what|how) about)\s+){0,3}", re.IGNORECASE
)
_TRAILS = (" too", " also", " instead", " then", " as well")
_ENDING = " \t\n?.!,"
_IF = re.compile(r"(?:what )?(?=if\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Thing:
    """A thing that a question names, from ``start`` to ``end``, with the ``article`` and the
    ``preposition`` before it. If not ``is_whole``, further words of its name follow."""

    start: int
    end: int
    article: str
    article_start: int
    preposition: str
    is_placed: bool
    is_whole: bool
    words: int

    @property
    def bonus(self) -> float:
        return _PLACED * self.is_placed + _LONGER * self.words


@dataclass(frozen=True, slots=True)
class _Named:
    """The thing that a follow-up names, with the ``article`` and the ``preposition`` before it.
    ``of_same``: it names only what sets it apart ("the private ones")."""

    words: str
    article: str
    preposition: str
    of_same: bool


def completed(question: Question, embed: Embed) -> str:
    """Return the question before with the thing that the follow-up names in its place, or with its
    condition at the end; empty if it is no such follow-up, or if nothing there is like this thing.

    Raises:
        ModelUnavailable: the things cannot be embedded.
    """
    topic = topic_of(question.history)
    if len(topic) > _LONGEST or _ENGLISH.isdisjoint(topic.casefold().split()):
        return ""
    follow_up = _LEADS.sub("", swapped(question), count=1)
    if not follow_up:
        return ""
    if _IF.match(follow_up):
        return _added(topic, _IF.sub("", follow_up, count=1))
    named = _named(follow_up)
    replaced = _nearest(named, topic, embed) if named else None
    if named is None or replaced is None:
        return _added(topic, follow_up) if named and named.preposition else ""
    if replaced.article in english.POSSESSIVES or not named.article:
        return f"{topic[: replaced.start]}{named.words}{topic[replaced.end :]}"
    return f"{topic[: replaced.article_start]}{named.article} {named.words}{topic[replaced.end :]}"


def _added(topic: str, condition: str) -> str:
    return f"{topic.rstrip(_ENDING)} {condition}"


def _named(text: str) -> _Named | None:
    """Return the thing that a follow-up names; None if it names none."""
    text = text.rstrip(_ENDING)
    trail = next((trail for trail in _TRAILS if text.casefold().endswith(trail)), "")
    text = text[: len(text) - len(trail)].rstrip(_ENDING)
    found = list(_WORD.finditer(text))
    words = [word[0].casefold() for word in found]
    preposition = words[0] if words and words[0] in english.PREPOSITIONS else ""
    place = int(bool(preposition))
    article = words[place] if place < len(words) and words[place] in _DETERMINERS else ""
    place += bool(article)
    if place == len(words) or not _RELATIVE.isdisjoint(words):
        return None
    name = text[found[place].start() :]
    *others, head = name.split()
    of_same = bool(others) and head.casefold() in ("one", "ones")
    return _Named(" ".join(others) if of_same else name, article, preposition, of_same)


def _nearest(named: _Named, topic: str, embed: Embed) -> _Thing | None:
    """Return the thing in ``topic`` that ``named`` replaces, after the same preposition if it has
    one; None if there is none."""
    things = [
        thing
        for thing in _things(topic)
        if named.preposition in ("", thing.preposition) and (thing.is_whole or named.of_same)
    ][:_MOST_THINGS]
    vector = embed(named.words)
    least = _LEAST_PARALLEL if named.preposition else _LEAST
    nearness: dict[_Thing, float] = {}
    for thing in things:
        words = topic[thing.start : thing.end]
        cosine = _cosine(vector, embed(words))
        are_names = thing.preposition and _is_name(named.words) and _is_name(words)
        # "Of" adds no condition, so it must be parallel.
        if cosine >= least or named.preposition == "of" or are_names:
            nearness[thing] = cosine + thing.bonus
    if not nearness:
        return None
    nearest = max(nearness, key=lambda thing: (nearness[thing], thing.start))
    *others, head = named.words.split()
    if others and topic[nearest.start : nearest.end].endswith(head):
        # "Sick leave" replaces "annual leave", not "leave".
        return min(
            (each for each in things if each.end == nearest.end), key=lambda each: each.start
        )
    return nearest


def _cosine(one: Vector, other: Vector) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _is_name(words: str) -> bool:
    """Return whether words within a sentence are a name, of which an embedding model may know
    nothing."""
    return words[0].isupper()


def _things(text: str) -> Iterator[_Thing]:
    """Yield the things in a question: words next to each other that say something, without verbs
    as far as their places tell."""
    words = list(_WORD.finditer(text))
    lower = [word[0].casefold() for word in words]
    for first, last in _runs(text, words):
        article = lower[first - 1] if first and lower[first - 1] in _DETERMINERS else ""
        lead = first - 1 - bool(article)
        ahead = lower[lead] if lead >= 0 else ""
        # "To donate blood" begins with a verb, "to staging" does not.
        has_verb = not article and ahead in _BEFORE_VERBS and (ahead != "to" or last - first > 1)
        preposition = ahead if ahead in english.PREPOSITIONS and not has_verb else ""
        is_subject = ahead in english.AUXILIARIES
        # In "how many people may join", the subject was before.
        is_first_subject = lead < 1 or lower[lead - 1] in _SMALL | _MANNERS
        starts_here = bool(article or preposition or is_subject)
        least_end = max(first + 1, last - _VERBS * is_subject)
        for start, end in islice(combinations(range(first + has_verb, last + 1), 2), _MOST_THINGS):
            if end - start <= _MOST_WORDS and (start == first or not starts_here):
                yield _Thing(
                    start=words[start].start(),
                    end=words[end - 1].end(),
                    article=article,
                    article_start=words[start - bool(article)].start(),
                    preposition=preposition,
                    is_placed=bool(article or preposition) or (is_subject and is_first_subject),
                    is_whole=end >= least_end,
                    words=end - start,
                )


def _runs(text: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield the places of words that belong to things and have only space between them."""
    first = 0
    for place, word in enumerate(words):
        is_small = word[0].casefold() in _SMALL
        if first < place and (is_small or text[words[place - 1].end() : word.start()].strip()):
            yield first, place
            first = place
        first += is_small
    if first < len(words):
        yield first, len(words)
