"""Observation of answers: the pages, rights and checks behind each, to explain it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.engine.events import verdict
from footnote_bot.bot.answering.engine.pipeline import PipelineRun
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Answer, NoAnswer, Question, Result, named, why_no_model
from footnote_bot.bot.ports import Library, OnText
from footnote_bot.bot.texts import page_of
from footnote_bot.indexers.model import Audience, Hit

_MOST_KEPT = 200
"""Observations that are kept."""
_PASSAGES = 12
_PAGES = 8


@dataclass(frozen=True, slots=True)
class Observation:
    """An answer and how it came about; ``run`` is None if nothing was searched. ``began`` and
    ``ended`` are in seconds since the epoch."""

    question: Question
    began: float
    ended: float
    result: Result
    run: PipelineRun | None


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

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question like the answerer.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        began = self._clock()
        result, run = self._answerer.answered(question, on_text)
        self._kept.append(Observation(question, began, self._clock(), result, run))
        return result

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
        question, result, run = observation.question, observation.result, observation.run
        counts = run.check.counts if run and run.check else (0, 0, 0)
        sentences = run.composed.sentences if run and run.composed else ()
        row: dict[str, Any] = {
            "question": question.as_asked.text,
            "searched": question.sought,
            "rights": _rights(question),
            "seconds": observation.ended - observation.began,
            "rechecked": dict(zip(("stand", "fell", "doubt"), counts, strict=True)),
            "sentences": [
                {"text": checked.text, "verdict": verdict(checked)} for checked in sentences
            ],
            **_result_row(result),
        }
        if run and run.found.pages:
            row["why"] = asdict(self._answerer.responder.why(run.question, run.found))
            row |= {"found": len(run.found.hits), "pages": self._pages(run, result)}
            row["more_pages"] = max(0, len(run.found.pages) - _PAGES)
        return row

    def _pages(self, run: PipelineRun, result: Result) -> list[Mapping[str, Any]]:
        """Return a row for each of the first `_PAGES` pages found."""
        pages = run.found.pages[:_PAGES]
        sources = [source_of(page.hits[0].passage, "") for page in pages]
        open_sources = self._library.open_to(run.question.reader, sources)
        open_pages = {(source.wiki, source.page) for source in open_sources}
        return [
            _page_row(run, page, result, is_open=(page.wiki, page.page) in open_pages)
            for page in pages
        ]


def _page_row(
    run: PipelineRun, page: FoundPage, result: Result, *, is_open: bool
) -> Mapping[str, Any]:
    """Return a found page for the display of a search; titles and texts only if it ``is_open``."""
    row = {"wiki": page.wiki, "score": page.score, "state": _state(run, page, result)}
    if not is_open:
        row["state"] = row["state"] if _is_invalid(run, page) else texts.HIDDEN
        return row | {"title": page_of(page.wiki), "url": "", "passages": []}
    cited_sources = result.sources if isinstance(result, Answer) else ()
    cited_urls = {source.url for source in cited_sources}
    best = page.hits[0].passage
    preferred = max(run.found.hits, key=lambda hit: (hit.relevance is not None, hit.relevance or 0))
    passages = [
        _passage_row(hit, hit.passage.url in cited_urls) | {"best": hit is preferred}
        for hit in page.hits[:_PASSAGES]
    ]
    return row | {"title": best.title, "url": best.url, "passages": passages}


def _rights(question: Question) -> list[list[str]]:
    """Return the tokens of each person whose rights count for the question."""
    reader = question.reader
    readers = reader.readers if isinstance(reader, Audience) else (reader,)
    return [sorted(principal.tokens) for principal in readers]


def _result_row(result: Result) -> dict[str, Any]:
    """Return the result without its words."""
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


def _is_invalid(run: PipelineRun, page: FoundPage) -> bool:
    return run.check is not None and (page.wiki, page.page) in run.check.state.invalid


def _state(run: PipelineRun, page: FoundPage, result: Result) -> str:
    """Return the state of a page: quoted, named, not needed, or dropped and why."""
    ref = page.wiki, page.page
    if _is_invalid(run, page):
        return texts.DROPPED
    if run.check is not None and ref in run.check.state.doubts:
        return texts.not_quoted(run.check.state.doubts[ref].words)
    if isinstance(result, Answer) and ref in {
        (source.wiki, source.page) for source in result.sources
    }:
        return "quoted"
    is_named = ref in {(source.wiki, source.page) for source in named(result)}
    return "named" if is_named else texts.NOT_NEEDED


def _passage_row(hit: Hit, cited: bool) -> dict[str, Any]:
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
