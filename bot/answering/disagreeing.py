"""Pages that disagree: what an answer says, and another page says with another number.

Found only where two sentences are nearly the same but for their numbers, about the same
names, and equally near to the question. That misses much, and seldom errs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.composing.words import Role, Word, read
from bot.answering.quoting import units
from bot.answering.recheck import MOST_CITED
from bot.answering.retrieval import Retrieved
from bot.answering.sources import source_of
from bot.foreign import on_one_line
from bot.model import Answer, Result, Source
from indexers.model import Passage
from indexers.prose import plain

_ALIKE = 0.7
"""Of the words of two sentences, numbers left out, the share that both have."""
_LOOKED_AT = 12
"""Passages, best first, in which another value is looked for."""
_FEWEST = 2
"""Words beside the numbers, for two sentences to be compared."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """A sentence with a number, and the passage that it stands in."""

    passage: Passage
    quote: str
    shown: str
    numbers: frozenset[str]
    names: frozenset[str]
    roots: frozenset[str]
    asked: frozenset[str]


def with_disagreement(question: str, said: Result, retrieved: Retrieved) -> Result:
    """``said``, and where another page gives another value for what it says: both values,
    each with its page and date, and which is newer."""
    if not isinstance(said, Answer):
        return said
    wanted = _roots(read(question))
    hits = sorted(retrieved.hits, key=lambda hit: -hit.score)[:_LOOKED_AT]
    facts = [fact for hit in hits for fact in _facts(hit.passage, wanted)]
    ours = [fact for fact in facts if any(_says(source, fact) for source in said.sources)]
    for one in sorted(ours, key=lambda fact: -len(fact.asked)):
        other = next((fact for fact in facts if _disagree(one, fact)), None)
        if other and (told := _told(said, one, other)):
            return told
    return said


def _facts(passage: Passage, wanted: frozenset[str]) -> Iterator[_Fact]:
    frame = _roots(read("\n".join([passage.title, *passage.headings])))
    for unit in units(passage.text):
        quote = passage.text[unit.start : unit.end]
        shown = " ".join(plain(quote).split())
        words = read(shown)
        numbers = frozenset(word.root for word in words if word.role is Role.NUMBER)
        roots = _roots(words)
        if numbers and len(roots) >= _FEWEST:
            names = frozenset(word.root for word in words if word.role is Role.NAME)
            yield _Fact(passage, quote, shown, numbers, names, roots, wanted & (roots | frame))


def _roots(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(
        word.stem or word.root for word in words if word.weighs and word.role is not Role.NUMBER
    )


def _says(source: Source, fact: _Fact) -> bool:
    passage = fact.passage
    return (source.wiki, source.page) == (passage.wiki, passage.page) and fact.quote in source.quote


def _disagree(one: _Fact, other: _Fact) -> bool:
    pages = [(fact.passage.wiki, fact.passage.page) for fact in (one, other)]
    return (
        pages[0] != pages[1]
        and not one.numbers <= other.numbers
        and not other.numbers <= one.numbers
        and one.names == other.names
        and one.asked == other.asked
        and bool(one.asked & one.roots & other.roots)
        and len(one.roots & other.roots) >= _ALIKE * len(one.roots | other.roots)
    )


def _told(said: Answer, one: _Fact, other: _Fact) -> Answer | None:
    """None if the answer would name too many pages."""
    sources = list(said.sources)
    lines = []
    for fact in sorted((one, other), key=_age):
        number = next((n for n, known in enumerate(sources, 1) if _says(known, fact)), 0)
        if not number:
            sources.append(source_of(fact.passage, fact.quote))
            number = len(sources)
        lines.append(
            f"\u2022 {on_one_line(_dated(fact.passage))}: {on_one_line(fact.shown)} [{number}]"
        )
    if len({(source.wiki, source.page) for source in sources}) > MOST_CITED:
        return None
    text = "\n".join([f"{said.text}\n\nThe pages disagree{_newer(one, other)}:", *lines])
    return replace(said, text=text, sources=tuple(sources))


def _age(fact: _Fact) -> int:
    """The newer first, those without a date last."""
    return -fact.passage.updated.toordinal() if fact.passage.updated else 0


def _dated(passage: Passage) -> str:
    when = f"{passage.updated:%d %b %Y}" if passage.updated else "without a date"
    return f"{passage.title}, {when}{', marked as outdated' if passage.outdated else ''}"


def _newer(one: _Fact, other: _Fact) -> str:
    dates = [fact.passage.updated for fact in (one, other)]
    known = None not in dates and dates[0] != dates[1]
    return ", and the first is the newer" if known else ""
