"""The real steps to an answer around a made-up search."""

from __future__ import annotations

from footnote_bot.bot.answering.engine.pipeline import Pipeline
from footnote_bot.bot.answering.engine.retriever import FootnoteRetriever
from footnote_bot.bot.answering.retrieval.recheck import Recheck
from footnote_bot.bot.answering.retrieval.retrieval import (
    Compose,
    FoundPage,
    Reorder,
    Retrieval,
    Retrieved,
)
from footnote_bot.bot.model import Question, Result
from footnote_bot.indexers.model import Reader
from tests.fakes.retrieval import retrieval_over


def searched(
    search: Retrieval, question: Question, rerank: Reorder | None = None
) -> list[FoundPage]:
    """Return the pages that an answer would be looked for in."""
    _, found = FootnoteRetriever(search, reader=question.reader, rerank=rerank).find(question)
    return list(found.pages)


class _Found(FootnoteRetriever):
    """Finds the same passages for every question."""

    def __init__(self, found: Retrieved, reader: Reader) -> None:
        super().__init__(retrieval_over([]), reader=reader)
        self._found = found

    def find(self, question: Question) -> tuple[Question, Retrieved]:
        return question, self._found


def checked(recheck: Recheck, reader: Reader, retrieved: Retrieved, compose: Compose) -> Result:
    """Return what ``reader`` is shown, if ``compose`` makes the answers from the ``retrieved``
    passages."""
    pipeline = Pipeline(
        _Found(retrieved, reader), lambda _, passages: compose(passages), recheck=recheck
    )
    return pipeline.answer(Question("What stands?", reader))[0]
