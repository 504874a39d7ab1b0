"""Passes over the wikis, and what they tell of the time from a change to its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import quantiles
from typing import Protocol

from indexers.model import SyncReport


class Rhythm(StrEnum):
    FULL = "full"
    """Every page was listed: edits, moves, rights, removals."""
    RECENT = "recent"
    """The latest edits alone."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One sync of one wiki. ``counts`` are the report's; ``failed`` are reasons by page;
    ``warnings`` are about the wiki; ``spaces`` are pages and closed pages by key; ``lags`` are
    seconds from an edit to its new version's being found, by space."""

    wiki: str
    rhythm: Rhythm
    began: datetime
    ended: datetime
    complete: bool
    error: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    spaces: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lags: Mapping[str, Sequence[float]] = field(default_factory=dict)
    warnings: Sequence[str] = ()


class PassLog(Protocol):
    """Every method may block for a moment and raises StateUnavailable."""

    def record(self, one: Pass) -> None: ...

    def last_complete(self, wiki: str) -> datetime | None:
        """When the wiki's last full pass that came to its end began: since then, what is
        indexed is true."""
        ...

    def since(self, when: datetime) -> list[Pass]:
        """Those that ended after ``when``, oldest first."""
        ...


def failed_since(passes: PassLog, wiki: str, now: datetime) -> bool:
    """Whether a full pass over ``wiki`` failed after the last one that came to its end, so that
    rights may have changed which nobody has read. Raises StateUnavailable."""
    last = passes.last_complete(wiki)
    since = last or now - _LATELY
    return any(
        one.wiki == wiki
        and one.rhythm is Rhythm.FULL
        and one.began > since
        and not one.complete
        and bool(one.error or one.failed)
        for one in passes.since(since)
    )


_LATELY = timedelta(days=30)
_COUNTED = ("added", "changed", "relabelled", "removed", "unchanged", "passages_embedded")
_LONGEST = 500
"""Characters of a warning."""
_FAILURES = 100
"""More than these are counted, not kept."""


def passed(
    report: SyncReport, rhythm: Rhythm, began: datetime, ended: datetime, before: datetime | None
) -> Pass:
    """``before`` is when the pass before this one began: what was edited earlier than that
    changed for another reason now, and says nothing of how long an edit takes."""
    lags: dict[str, list[float]] = {}
    for edit in report.edits:
        if before is not None and edit.since >= before:
            seconds = (edit.found - edit.since).total_seconds()
            lags.setdefault(edit.space, []).append(round(max(seconds, 0.0), 3))
    counts = {name: getattr(report, name) for name in _COUNTED}
    return Pass(
        wiki=report.wiki,
        rhythm=rhythm,
        began=began,
        ended=ended,
        complete=report.complete,
        error=str(report.error or ""),
        counts=counts | {"failed": len(report.failed), "requests": report.requests},
        failed={one.key: one.reason[:300] for one in report.failed[:_FAILURES]},
        spaces={key: (space.pages, space.closed) for key, space in report.spaces.items()},
        lags=lags,
        warnings=tuple(warning[:_LONGEST] for warning in report.warnings[:_FAILURES]),
    )


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds, of ``count`` observations; None where there are none."""

    count: int
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Lag:
        found = sorted(seconds)
        if len(found) < 2:
            only = found[0] if found else None
            return cls(len(found), only, only)
        cuts = quantiles(found, n=20, method="inclusive")
        return cls(len(found), round(cuts[9], 3), round(cuts[18], 3))


def edit_lags(passes: Iterable[Pass]) -> dict[str, Lag]:
    """From an edit to its answer, by space."""
    seconds: dict[str, list[float]] = {}
    for one in passes:
        for space, lags in one.lags.items():
            seconds.setdefault(space, []).extend(lags)
    return {space: Lag.of(lags) for space, lags in seconds.items()}


def other_lag(passes: Iterable[Pass]) -> Lag:
    """From any other change (a move, a restriction, a removal) to its answer, at worst:
    Confluence does not say when it was made, so it counts from the full pass before."""
    full = [one for one in passes if one.rhythm is Rhythm.FULL and one.complete]
    return Lag.of(
        (later.ended - earlier.began).total_seconds() for earlier, later in pairwise(full)
    )


def health(passes: Sequence[Pass]) -> dict[str, object]:
    """How one wiki's ``passes`` went, oldest first: lags in seconds, by space too; what
    the last full pass found closed and what it failed at."""
    complete = [one for one in passes if one.rhythm is Rhythm.FULL and one.complete]
    full = [one for one in passes if one.rhythm is Rhythm.FULL]
    other, edits = asdict(other_lag(passes)), edit_lags(passes)
    spaces = complete[-1].spaces if complete else {}
    return {
        "as_of": complete[-1].began.isoformat() if complete else None,
        "closed": sum(closed for _, closed in spaces.values()),
        "lag_seconds": {"edits": asdict(Lag.of(_all_lags(passes))), "everything_else": other},
        "spaces": {
            key: {
                "pages": pages,
                "closed": closed,
                "lag_seconds": {
                    "edits": asdict(edits.get(key, Lag(0, None, None))),
                    "everything_else": other,
                },
            }
            for key, (pages, closed) in spaces.items()
        },
        "failed": dict(full[-1].failed) if full else {},
        "warnings": list(full[-1].warnings) if full else [],
        "error": passes[-1].error if passes else "",
    }


def shown_span(seconds: float) -> str:
    """In the largest unit of which there are two."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def _all_lags(passes: Iterable[Pass]) -> list[float]:
    return [seconds for one in passes for lags in one.lags.values() for seconds in lags]
