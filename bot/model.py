"""A question and what comes back: an answer with sources, or the reason for none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from indexers.model import Principal


@dataclass(frozen=True, slots=True)
class Question:
    """``reader`` is whose rights count; ``wikis`` narrows the search, None is all."""

    text: str
    reader: Principal
    wikis: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from. ``quote`` stands verbatim in the page (light
    Markdown, see `indexers.prose`); ``url`` leads to the section."""

    title: str
    heading: str
    url: str
    quote: str
    wiki: str
    page: str
    revision: str
    owner: str = ""
    updated: date | None = None
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds each stage took."""

    embed: float = 0.0
    search: float = 0.0
    compose: float = 0.0

    @property
    def retrieve(self) -> float:
        return self.embed + self.search

    @property
    def total(self) -> float:
        return self.retrieve + self.compose


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` is plain reading form with ``[n]`` behind what source n says
    (sources count from 1); ``confidence`` is the estimated chance that it is right."""

    text: str
    sources: tuple[Source, ...]
    confidence: float
    timings: Timings = field(default_factory=Timings)


class Reason(StrEnum):
    """Why there is no answer."""

    NO_QUESTION = "no_question"
    TOO_LONG = "too_long"
    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_FITS = "nothing_fits"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """``text`` says what was searched; ``nearest`` are pages worth a look (their
    ``quote`` is empty)."""

    reason: Reason
    text: str
    nearest: tuple[Source, ...] = ()
    confidence: float = 0.0
    timings: Timings = field(default_factory=Timings)
