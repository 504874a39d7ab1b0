"""Observation of answers: what each was made of, for somebody who wants to know why."""

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
from bot.answering.retrieval import FoundPage, Retrieved
from bot.answering.sources import source_of
from bot.model import Answer, NoAnswer, Question, Result, named, why_no_model
from bot.ports import Library, OnText
from bot.texts import page_of
from indexers.model import Audience, Hit

_KEPT = 200
"""Observations."""
_PASSAGES = 12
_PAGES = 8


@dataclass(slots=True)
class Observation:
    """An answer, and what it was made of. ``ended`` is in seconds since the epoch."""

    question: Question
    began: float
    ended: float = 0.0
    result: Result | None = None
    query: FootnoteQuery | None = None
    rechecked: tuple[int, int, int] = (0, 0, 0)
    """Pages that stand, fell, and were not confirmed."""
    sentences: list[tuple[str, str]] = field(default_factory=list)


_now: ContextVar[Observation | None] = ContextVar("observation", default=None)


class _Handler(BaseEventHandler):
    """A handler of LlamaIndex's events, which come in the thread that answers."""

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
    """An answerer that keeps its last answers, with what led to them. Of a page that the reader may
    not read any more, as the ``library`` says, nothing is told."""

    def __init__(
        self, answerer: Answerer, library: Library, clock: Callable[[], float] = time.time
    ) -> None:
        self._answerer = answerer
        self._library = library
        self._clock = clock
        self._kept: deque[Observation] = deque(maxlen=_KEPT)
        dispatcher.add_event_handler(_Handler())

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question, as the answerer does.

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
        """Return the observations of questions in a channel that are in one of ``texts``, and were
        answered at ``until`` (seconds since the epoch) or before; the latest first."""
        found = [
            one
            for one in reversed(tuple(self._kept))  # others may be answered meanwhile
            if one.question.channel == channel and one.began <= until
        ]
        return [
            one
            for one in found
            if any(" ".join(one.question.text.split()) in text for text in texts)
        ]

    def explain(self, observation: Observation) -> dict[str, Any]:
        """Return in plain values what the answer was made of. It asks the wikis: call it in a
        thread.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question, result, query = observation.question, observation.result, observation.query
        row: dict[str, Any] = {
            "question": question.text,
            "searched": question.sought,
            "rights": _rights(question),
            "seconds": observation.ended - observation.began,
            "rechecked": dict(zip(("stand", "fell", "doubt"), observation.rechecked, strict=True)),
            "sentences": [
                {"text": text, "verdict": verdict} for text, verdict in observation.sentences
            ],
        }
        if result is not None:
            row |= _of_result(result)
        if query is not None and query.found:
            retrieved = Retrieved(query.found, query.embed_ms, query.search_ms)
            why = self._answerer.responder.why(query.question, retrieved)
            row["why"] = asdict(why)
            row["pages"] = self._pages(query, result)
            row["more_pages"] = max(0, len(query.found) - _PAGES)
        return row

    def _pages(self, query: FootnoteQuery, result: Result | None) -> list[Mapping[str, Any]]:
        pages = query.found[:_PAGES]
        sources = [source_of(found.hits[0].passage, "") for found in pages]
        still = self._library.open_to(query.question.reader, sources)
        open_ = {(source.wiki, source.page) for source in still}
        return [
            _page(query, found, result, is_open=(found.wiki, found.page) in open_)
            for found in pages
        ]


def _page(
    query: FootnoteQuery, found: FoundPage, result: Result | None, *, is_open: bool
) -> Mapping[str, Any]:
    row = {"wiki": found.wiki, "score": found.score, "state": _state(query, found, result)}
    if not is_open:
        row["state"] = row["state"] if _fell(query, found) else texts.HIDDEN
        return row | {"title": page_of(found.wiki), "url": "", "passages": []}
    quoted = result.sources if isinstance(result, Answer) else ()
    cited = {source.url for source in quoted}
    first = found.hits[0].passage
    passages = [_passage(hit, hit.passage.url in cited) for hit in found.hits[:_PASSAGES]]
    return row | {"title": first.title, "url": first.url, "passages": passages}


def _rights(question: Question) -> list[list[str]]:
    reader = question.reader
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    return [sorted(one.tokens) for one in readers]


def _of_result(result: Result) -> dict[str, Any]:
    timings = result.timings
    row: dict[str, Any] = {
        "kind": type(result).__name__,
        "confidence": result.confidence,
        "timings": {**asdict(timings), "total": timings.total},
        "linked": [{"name": one.name, "why": one.doubt.words} for one in result.linked],
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


def _fell(query: FootnoteQuery, found: FoundPage) -> bool:
    return query.check is not None and (found.wiki, found.page) in query.check.seen.fell


def _state(query: FootnoteQuery, found: FoundPage, result: Result | None) -> str:
    """Return what became of a page: quoted, named, dropped and why, or not needed."""
    place = found.wiki, found.page
    if _fell(query, found):
        return texts.DROPPED
    if query.check is not None and place in query.check.seen.doubt:
        return texts.not_quoted(query.check.seen.doubt[place].words)
    if isinstance(result, Answer) and place in {(one.wiki, one.page) for one in result.sources}:
        return "quoted"
    is_named = result is not None and place in {(one.wiki, one.page) for one in named(result)}
    return "named" if is_named else texts.NOT_NEEDED


def _passage(hit: Hit, cited: bool) -> Mapping[str, Any]:
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
