"""Passes over the wikis, and the delay from a change to its answer that they measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import quantiles
from typing import Protocol

from footnote_bot.indexers.model import SyncReport


class PassKind(StrEnum):
    """The kind of a pass. The values are stored in databases."""

    ALL_PAGES = "full"
    """A pass that lists every page: edits, moves, rights, removals."""
    RECENT_EDITS = "recent"
    """A pass over the latest edits alone."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A sync of one wiki. ``counts`` are the report's; ``failed`` are reasons by page;
    ``warnings`` are about the wiki; ``spaces`` count pages and closed pages by key; ``lags`` are
    seconds from an edit until its new version could be found, by space."""

    wiki: str
    kind: PassKind
    began: datetime
    ended: datetime
    complete: bool
    error: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    spaces: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lags: Mapping[str, Sequence[float]] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    @property
    def is_full(self) -> bool:
        """Return whether it listed every page of the wiki."""
        return self.kind is PassKind.ALL_PAGES


class PassLog(Protocol):
    """The log of passes. Every method may block for a moment and raises StateUnavailable."""

    def record(self, pass_: Pass) -> None: ...

    def last_complete(self, wiki: str) -> datetime | None:
        """Return when the wiki's last completed full pass began: up to then it is current."""

    def since(self, when: datetime) -> list[Pass]:
        """Return the passes that ended after ``when``, oldest first."""


class NoPasses:
    """A log of passes that is always empty."""

    def record(self, pass_: Pass) -> None:
        """Keep nothing."""

    def last_complete(self, wiki: str) -> datetime | None:  # noqa: ARG002 - the port's
        return None

    def since(self, when: datetime) -> list[Pass]:  # noqa: ARG002 - the port's
        return []


class ToldPasses:
    """A log of passes that also calls ``told`` with each new pass."""

    def __init__(self, log: PassLog, told: Callable[[Pass], None]) -> None:
        self._log = log
        self._told = told
        self.last_complete = log.last_complete
        self.since = log.since

    def record(self, pass_: Pass) -> None:
        self._log.record(pass_)
        self._told(pass_)


def as_of(wikis: Iterable[str], last_pass: Callable[[str], datetime | None]) -> datetime | None:
    """Return up to when the indexes of all these wikis are current; None if unknown."""
    times = [last_pass(wiki) for wiki in wikis]
    return min(filter(None, times)) if times and None not in times else None


def failed_since(passes: PassLog, wiki: str, now: datetime) -> bool:
    """Return whether a full pass over ``wiki`` failed after the last completed one, so that changed
    rights may be unknown. Raises StateUnavailable."""
    last = passes.last_complete(wiki)
    since = last or now - _LATELY
    return any(
        pass_.wiki == wiki
        and pass_.is_full
        and pass_.began > since
        and not pass_.complete
        and bool(pass_.error or pass_.failed)
        for pass_ in passes.since(since)
    )


_LATELY = timedelta(days=30)
_COUNTED = ("added", "changed", "relabelled", "removed", "unchanged", "passages_embedded")
_LONGEST = 500
"""Characters of a warning."""
_FAILURES = 100
"""Failures that are recorded; further ones are only counted."""


def passed(
    report: SyncReport, kind: PassKind, began: datetime, ended: datetime, before: datetime | None
) -> Pass:
    """Return the record of a sync. ``before`` is when the previous pass began: a page whose edit is
    older changed for another reason, and says nothing about the delay of edits."""
    lags: dict[str, list[float]] = {}
    for edit in report.edits:
        if before is not None and edit.since >= before:
            seconds = (edit.found - edit.since).total_seconds()
            lags.setdefault(edit.space, []).append(round(max(seconds, 0.0), 3))
    counts = {name: getattr(report, name) for name in _COUNTED}
    return Pass(
        wiki=report.wiki,
        kind=kind,
        began=began,
        ended=ended,
        complete=report.complete,
        error=str(report.error or ""),
        counts=counts | {"failed": len(report.failed), "requests": report.requests},
        failed={page.key: page.reason[:300] for page in report.failed[:_FAILURES]},
        spaces={key: (space.pages, space.closed) for key, space in report.spaces.items()},
        lags=lags,
        warnings=tuple(warning[:_LONGEST] for warning in report.warnings[:_FAILURES]),
    )


@dataclass(frozen=True, slots=True)
class Lag:
    """Statistics of ``count`` delays in seconds; None where there are none."""

    count: int
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Lag:
        """Return the statistics of these delays."""
        delays = list(seconds)
        if len(delays) < 2:
            only = delays[0] if delays else None
            return cls(len(delays), only, only)
        cuts = quantiles(delays, n=20, method="inclusive")
        return cls(len(delays), round(cuts[9], 3), round(cuts[18], 3))


def edit_lags(passes: Iterable[Pass]) -> dict[str, Lag]:
    """Return the delays from an edit to its answer, by space."""
    seconds: dict[str, list[float]] = {}
    for pass_ in passes:
        for space, lags in pass_.lags.items():
            seconds.setdefault(space, []).extend(lags)
    return {space: Lag.of(lags) for space, lags in seconds.items()}


def other_lag(passes: Iterable[Pass]) -> Lag:
    """Return the worst-case delay from any other change (a move, a restriction, a removal) to its
    answer. Confluence does not say when it was made, so it counts from the previous full pass."""
    full = [pass_ for pass_ in passes if pass_.is_full and pass_.complete]
    return Lag.of(
        (later.ended - earlier.began).total_seconds() for earlier, later in pairwise(full)
    )


def health(passes: Sequence[Pass]) -> dict[str, object]:
    """Return how one wiki's ``passes``, oldest first, went: delays in seconds, also by space; the
    closed and failed pages of the last full pass (``failed`` names some); and the error of the last
    pass, or else of the last full one."""
    full = [pass_ for pass_ in passes if pass_.is_full]
    complete = [pass_ for pass_ in full if pass_.complete]
    spaces = complete[-1].spaces if complete else {}
    every_edit = Lag.of(lag for pass_ in passes for lags in pass_.lags.values() for lag in lags)
    others, edits = asdict(other_lag(passes)), edit_lags(passes)

    def lags(of_edits: Lag) -> dict[str, object]:
        return {"edits": asdict(of_edits), "everything_else": others}

    return {
        "as_of": complete[-1].began.isoformat() if complete else None,
        "closed": sum(closed for _, closed in spaces.values()),
        "lag_seconds": lags(every_edit),
        "spaces": {
            key: {"pages": pages, "closed": closed, "lag_seconds": lags(edits.get(key, Lag.of(())))}
            for key, (pages, closed) in spaces.items()
        },
        "failed": dict(full[-1].failed) if full else {},
        "pages_failed": full[-1].counts.get("failed", 0) if full else 0,
        "warnings": list(full[-1].warnings) if full else [],
        # A pass over edits may succeed while full passes fail.
        "error": next((pass_.error for pass_ in (*passes[-1:], *full[-1:]) if pass_.error), ""),
    }


def shown_span(seconds: float) -> str:
    """Return the span in the largest unit that it has at least two of."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
