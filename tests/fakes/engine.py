"""The real engine around a made-up search and answer."""

from __future__ import annotations

from llama_index.core.postprocessor.types import BaseNodePostprocessor

from bot.answering.engine.nodes import nodes_of, pages_of
from bot.answering.engine.query import FootnoteQuery
from bot.answering.engine.query_engine import FootnoteQueryEngine
from bot.answering.engine.retriever import FootnoteRetriever
from bot.answering.engine.rights import LiveRights
from bot.answering.engine.synthesizers import QuoteSynthesizer
from bot.answering.retrieval.recheck import Recheck
from bot.answering.retrieval.retrieval import Compose, FoundPage, Retrieval, Retrieved
from bot.model import NoAnswer, Question, Reason, Result
from indexers.model import Reader
from tests.fakes.retrieval import retrieval_over


def searched(
    search: Retrieval, question: Question, *postprocessors: BaseNodePostprocessor
) -> list[FoundPage]:
    """Return the pages that an answer would be looked for in."""
    engine = FootnoteQueryEngine(
        FootnoteRetriever(search, reader=question.reader),
        QuoteSynthesizer(_nothing),
        node_postprocessors=postprocessors,
    )
    return list(pages_of(engine.found(FootnoteQuery.of(question))))


def _nothing(_question: Question, _found: Retrieved) -> Result:
    return NoAnswer(Reason.NOTHING_FITS, "")


def checked(recheck: Recheck, reader: Reader, retrieved: Retrieved, compose: Compose) -> Result:
    """Return what ``reader`` is shown, if ``compose`` makes the answers from the ``retrieved``
    passages."""
    engine = FootnoteQueryEngine(
        FootnoteRetriever(retrieval_over([]), reader=reader),
        QuoteSynthesizer(lambda _, passages: compose(passages)),
        rights=LiveRights(recheck, reader),
    )
    query = FootnoteQuery.of(Question("What stands?", reader))
    return engine.synthesize(query, nodes_of(retrieved.pages)).result
