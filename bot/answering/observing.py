"""Observation of answers: the pages, rights and checks behind each, to explain it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from llama_index.core.instrumentation.events.synthesis import SynthesizeEndEvent
from llama_index_instrumentation.base import BaseEvent
from llama_index_instrumentation.event_handlers.base import BaseEventHandler

from bot.answering import texts
from bot.answering.answerer import Answerer
from bot.answering.engine.events import RecheckEvent, VerificationEvent, dispatcher
from bot.answering.engine.query import FootnoteQuery
from bot.answering.retrieval.retrieval import FoundPage, Retrieved
from bot.answering.retrieval.sources import source_of
from bot.model import Answer, NoAnswer, Question, Result, named, why_no_model
from bot.ports import Library, OnText
from bot.texts import page_of
from indexers.model import Audience, Hit

_MOST_KEPT = 200
"""Observations that are kept."""
_PASSAGES = 12
_PAGES = 8


@dataclass(slots=True)
class Observation:
    """An answer and how it came about. ``began`` and ``ended`` are in seconds since the epoch."""

    question: Question
    began: float
    ended: float = 0.0
    result: Result | None = None
    query: FootnoteQuery | None = None
    rechecked: tuple[int, int, int] = (0, 0, 0)
    """The numbers of valid, invalid and unconfirmed pages."""
    sentences: list[tuple[str, str]] = field(default_factory=list)


_now: ContextVar[Observation | None] = ContextVar("observation", default=None)


class _Handler(BaseEventHandler):
    """A handler of LlamaIndex's events. They come in the thread that answers."""

    @classmethod
    def class_name(cls) -> str:
        return "ObservationHandler"

    def handle(self, event: BaseEvent, **_: Any) -> None:
        observation = _now.get()
        if observation is None:
            return
        if isinstance(event, RecheckEvent):
            observation.rechecked = event.stand, event.fell, event.doubt
        elif isinstance(event, VerificationEvent):
            observation.sentences = list(event.sentences)
        elif isinstance(event, SynthesizeEndEvent) and isinstance(event.query, FootnoteQuery):
            observation.query = event.query


class ObservedAnswerer:
    """An answerer that keeps its last answers and how they came about. It shows nothing of a page
    that the reader, according to the ``library``, may no longer read."""

    def __init__(
        self, answerer: Answerer, library: Library, clock: Callable[[], float] = time.time
    ) -> None:
        self._answerer = answerer
        self._library = library
        self._clock = clock
        self._kept: deque[Observation] = deque(maxlen=_MOST_KEPT)
        dispatcher.add_event_handler(_Handler())

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question like the answerer.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        observation = Observation(question, self._clock())
        token = _now.set(observation)
        try:
            observation.result = self._answerer.answer(question, on_text)
        finally:
            _now.reset(token)
        observation.ended = self._clock()
        self._kept.append(observation)
        return observation.result

    def find(self, channel: str, texts: Sequence[str], until: float) -> list[Observation]:
        """Return the observations of a channel's questions that occur in one of ``texts`` and were
        asked at ``until`` (seconds since the epoch) or before, latest first."""
        in_channel = [
            observation
            for observation in reversed(tuple(self._kept))  # a copy: other threads add to it
            if observation.question.channel == channel and observation.began <= until
        ]
        return [
            observation
            for observation in in_channel
            if any(" ".join(observation.question.as_asked.text.split()) in text for text in texts)
        ]

    def explain(self, observation: Observation) -> dict[str, Any]:
        """Return in plain values how the answer came about. It asks the wikis: call it in a thread.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question, result, query = observation.question, observation.result, observation.query
        row: dict[str, Any] = {
            "question": question.as_asked.text,
            "searched": question.sought,
            "rights": _rights(question),
            "seconds": observation.ended - observation.began,
            "rechecked": dict(zip(("stand", "fell", "doubt"), observation.rechecked, strict=True)),
            "sentences": [
                {"text": text, "verdict": verdict} for text, verdict in observation.sentences
            ],
        }
        if result is not None:
            row |= _result_row(result)
        if query is not None and query.found_pages:
            retrieved = Retrieved(query.found_pages, query.embed_ms, query.search_ms)
            why = self._answerer.responder.why(query.question, retrieved)
            row["why"] = asdict(why)
            row["pages"] = self._pages(query, result)
            row["more_pages"] = max(0, len(query.found_pages) - _PAGES)
        return row

    def _pages(self, query: FootnoteQuery, result: Result | None) -> list[Mapping[str, Any]]:
        pages = query.found_pages[:_PAGES]
        sources = [source_of(page.hits[0].passage, "") for page in pages]
        open_sources = self._library.open_to(query.question.reader, sources)
        open_pages = {(source.wiki, source.page) for source in open_sources}
        return [
            _page_row(query, page, result, is_open=(page.wiki, page.page) in open_pages)
            for page in pages
        ]


def _page_row(
    query: FootnoteQuery, page: FoundPage, result: Result | None, *, is_open: bool
) -> Mapping[str, Any]:
    row = {"wiki": page.wiki, "score": page.score, "state": _state(query, page, result)}
    if not is_open:
        row["state"] = row["state"] if _is_invalid(query, page) else texts.HIDDEN
        return row | {"title": page_of(page.wiki), "url": "", "passages": []}
    cited_sources = result.sources if isinstance(result, Answer) else ()
    cited_urls = {source.url for source in cited_sources}
    best = page.hits[0].passage
    passages = [_passage_row(hit, hit.passage.url in cited_urls) for hit in page.hits[:_PASSAGES]]
    return row | {"title": best.title, "url": best.url, "passages": passages}


def _rights(question: Question) -> list[list[str]]:
    reader = question.reader
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    return [sorted(principal.tokens) for principal in readers]


def _result_row(result: Result) -> dict[str, Any]:
    timings = result.timings
    row: dict[str, Any] = {
        "kind": type(result).__name__,
        "confidence": result.confidence,
        "timings": {**asdict(timings), "total": timings.total},
        "linked": [{"name": page.name, "why": page.doubt.words} for page in result.linked],
        "unchecked": result.unchecked.words if result.unchecked else "",
        "narrowed": result.narrowed.words if result.narrowed else "",
        "fallback": why_no_model(result),
    }
    if isinstance(result, Answer):
        row |= {
            "tone": result.tone.value,
            "composed": result.composed,
            "verified": result.verified.words if result.verified else "",
            "left_out": result.left_out,
        }
    if isinstance(result, NoAnswer):
        row["reason"] = result.reason.value
    return row


def _is_invalid(query: FootnoteQuery, page: FoundPage) -> bool:
    return query.check is not None and (page.wiki, page.page) in query.check.state.invalid


def _state(query: FootnoteQuery, page: FoundPage, result: Result | None) -> str:
    """Return the state of a page: quoted, named, not needed, or dropped and why."""
    ref = page.wiki, page.page
    if _is_invalid(query, page):
        return texts.DROPPED
    if query.check is not None and ref in query.check.state.doubts:
        return texts.not_quoted(query.check.state.doubts[ref].words)
    if isinstance(result, Answer) and ref in {
        (source.wiki, source.page) for source in result.sources
    }:
        return "quoted"
    is_named = result is not None and ref in {
        (source.wiki, source.page) for source in named(result)
    }
    return "named" if is_named else texts.NOT_NEEDED


def _passage_row(hit: Hit, cited: bool) -> Mapping[str, Any]:
    passage = hit.passage
    return {
        "heading": " > ".join(passage.headings),
        "url": passage.url,
        "text": passage.text,
        "score": hit.score,
        "closest": hit.closest,
        "relevance": hit.relevance,
        "beside": hit.beside,
        "acl": [sorted(gate) for gate in passage.acl.gates],
        "cited": cited,
    }
