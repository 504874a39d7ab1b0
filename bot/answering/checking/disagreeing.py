"""Pages that disagree: a page gives another number than the answer.

A disagreement is found only between two sentences that differ in little but their numbers, are
about the same thing, and are equally near to the question. This misses many, and seldom errs.
"""

from __future__ import annotations

from dataclasses import replace

from bot.answering import texts
from bot.answering.checking.statements import Statement, asked_words, disagree, statements
from bot.answering.retrieval.recheck import MOST_CITED
from bot.answering.retrieval.retrieval import Retrieved
from bot.answering.retrieval.sources import source_of
from bot.foreign import on_one_line
from bot.model import Answer, Result, Source
from indexers.model import Passage

_LOOKED_AT = 12
"""Passages, best first, in which another value is searched for."""


def with_disagreement(question: str, answer: Result, retrieved: Retrieved) -> Result:
    """Return ``answer`` with a note if another page gives another value: both values, each with its
    page and date, and which is newer."""
    if not isinstance(answer, Answer):
        return answer
    question_words = asked_words(question)
    hits = sorted(retrieved.hits, key=lambda hit: -hit.score)[:_LOOKED_AT]
    facts = [fact for hit in hits for fact in statements(hit.passage)]
    cited = [fact for fact in facts if any(_quotes(source, fact) for source in answer.sources)]
    for statement in sorted(
        cited, key=lambda fact: -len(question_words.roots & (fact.roots | fact.frame))
    ):
        other = next((fact for fact in facts if disagree(statement, fact, question_words)), None)
        if other and (result := _with_both(answer, statement, other)):
            return result
    return answer


def _quotes(source: Source, fact: Statement) -> bool:
    passage = fact.passage
    return (source.wiki, source.page) == (passage.wiki, passage.page) and fact.quote in source.quote


def _with_both(answer: Answer, statement: Statement, other: Statement) -> Answer | None:
    """Return the answer with both values; None if it would cite too many pages."""
    sources = list(answer.sources)
    lines = []
    for fact in sorted((statement, other), key=_age):
        number = next((n for n, cited in enumerate(sources, 1) if _quotes(cited, fact)), 0)
        if not number:
            sources.append(source_of(fact.passage, fact.quote))
            number = len(sources)
        lines.append(
            f"\u2022 {on_one_line(_dated(fact.passage))}: {on_one_line(fact.shown)} [{number}]"
        )
    if len({(source.wiki, source.page) for source in sources}) > MOST_CITED:
        return None
    header = texts.pages_disagree(first_is_newer=_differ_in_date(statement, other))
    text = "\n".join([f"{answer.text}\n\n{header}", *lines])
    return replace(answer, text=text, sources=tuple(sources))


def _age(fact: Statement) -> int:
    """Return a sort key: newer pages first, pages without a date last."""
    return -fact.passage.updated.toordinal() if fact.passage.updated else 0


def _dated(passage: Passage) -> str:
    return texts.dated(passage.title, passage.updated, outdated=passage.outdated)


def _differ_in_date(statement: Statement, other: Statement) -> bool:
    dates = [fact.passage.updated for fact in (statement, other)]
    return None not in dates and dates[0] != dates[1]
