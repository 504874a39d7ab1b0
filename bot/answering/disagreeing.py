"""Pages that disagree: another page has another number than the answer.

Found only where two sentences are nearly the same except for their numbers, about the same thing,
and equally near to the question. That misses much, and seldom errs.
"""

from __future__ import annotations

from dataclasses import replace

from bot.answering import texts
from bot.answering.recheck import MOST_CITED
from bot.answering.retrieval import Retrieved
from bot.answering.sources import source_of
from bot.answering.statements import Statement, asked, disagree, statements
from bot.foreign import on_one_line
from bot.model import Answer, Result, Source
from indexers.model import Passage

_LOOKED_AT = 12
"""Passages, best first, in which another value is searched for."""


def with_disagreement(question: str, answer: Result, retrieved: Retrieved) -> Result:
    """Return ``answer`` with the other value, if another page has one: both values, each with its
    page and date, and which is newer."""
    if not isinstance(answer, Answer):
        return answer
    wanted = asked(question)
    hits = sorted(retrieved.hits, key=lambda hit: -hit.score)[:_LOOKED_AT]
    facts = [fact for hit in hits for fact in statements(hit.passage)]
    ours = [fact for fact in facts if any(_says(source, fact) for source in answer.sources)]
    for one in sorted(ours, key=lambda fact: -len(wanted.roots & (fact.roots | fact.frame))):
        other = next((fact for fact in facts if disagree(one, fact, wanted)), None)
        if other and (result := _told(answer, one, other)):
            return result
    return answer


def _says(source: Source, fact: Statement) -> bool:
    passage = fact.passage
    return (source.wiki, source.page) == (passage.wiki, passage.page) and fact.quote in source.quote


def _told(answer: Answer, one: Statement, other: Statement) -> Answer | None:
    """Return the answer with both; None if it would name too many pages."""
    sources = list(answer.sources)
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
    header = texts.pages_disagree(first_is_newer=_differ_in_date(one, other))
    text = "\n".join([f"{answer.text}\n\n{header}", *lines])
    return replace(answer, text=text, sources=tuple(sources))


def _age(fact: Statement) -> int:
    """Return a sort key: the newer first, those without a date last."""
    return -fact.passage.updated.toordinal() if fact.passage.updated else 0


def _dated(passage: Passage) -> str:
    return texts.dated(passage.title, passage.updated, outdated=passage.outdated)


def _differ_in_date(one: Statement, other: Statement) -> bool:
    dates = [fact.passage.updated for fact in (one, other)]
    return None not in dates and dates[0] != dates[1]
