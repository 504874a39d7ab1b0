"""Passes over the wikis, and the delay from a change to its answer that they measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import quantiles
from typing import Protocol

from indexers.model import SyncReport


class PassKind(StrEnum):
    """The kind of a pass. The values stand in databases."""

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


class PassLog(Protocol):
    """The log of passes. Every method may block for a moment and raises StateUnavailable."""

    def record(self, one: Pass) -> None: ...

    def last_complete(self, wiki: str) -> datetime | None:
        """Return when the wiki's last completed full pass began: the index is current up to
        then."""
        ...

    def since(self, when: datetime) -> list[Pass]:
        """Return the passes that ended after ``when``, oldest first."""
        ...


class NoPasses:
    """The passes where nothing was ever written down."""

    def record(self, one: Pass) -> None:
        """Keep nothing."""

    def last_complete(self, wiki: str) -> datetime | None:  # noqa: ARG002 - the port's
        return None

    def since(self, when: datetime) -> list[Pass]:  # noqa: ARG002 - the port's
        return []


def as_of(wikis: Iterable[str], last_pass: Callable[[str], datetime | None]) -> datetime | None:
    """Return since when what is indexed is true of every one of ``wikis``; None if that is not
    known."""
    known = [last_pass(wiki) for wiki in wikis]
    return min(filter(None, known)) if known and None not in known else None


def failed_since(passes: PassLog, wiki: str, now: datetime) -> bool:
    """Return whether a full pass over ``wiki`` failed after the last completed one, so that changed
    rights may be unknown. Raises StateUnavailable."""
    last = passes.last_complete(wiki)
    since = last or now - _LATELY
    return any(
        one.wiki == wiki
        and one.kind is PassKind.ALL_PAGES
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
"""Further failures are counted, not kept."""


def passed(
    report: SyncReport, kind: PassKind, began: datetime, ended: datetime, before: datetime | None
) -> Pass:
    """Return the record of a sync. ``before`` is when the previous pass began: a page that was
    edited earlier changed for another reason now, and says nothing about the delay of edits."""
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
        failed={one.key: one.reason[:300] for one in report.failed[:_FAILURES]},
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
        found = sorted(seconds)
        if len(found) < 2:
            only = found[0] if found else None
            return cls(len(found), only, only)
        cuts = quantiles(found, n=20, method="inclusive")
        return cls(len(found), round(cuts[9], 3), round(cuts[18], 3))


def edit_lags(passes: Iterable[Pass]) -> dict[str, Lag]:
    """Return the delays from an edit to its answer, by space."""
    seconds: dict[str, list[float]] = {}
    for one in passes:
        for space, lags in one.lags.items():
            seconds.setdefault(space, []).extend(lags)
    return {space: Lag.of(lags) for space, lags in seconds.items()}


def other_lag(passes: Iterable[Pass]) -> Lag:
    """Return the worst-case delay from any other change (a move, a restriction, a removal) to its
    answer. Confluence does not say when it was made, so it counts from the previous full pass."""
    full = [one for one in passes if one.kind is PassKind.ALL_PAGES and one.complete]
    return Lag.of(
        (later.ended - earlier.began).total_seconds() for earlier, later in pairwise(full)
    )


def health(passes: Sequence[Pass]) -> dict[str, object]:
    """Return how one wiki's ``passes`` went, oldest first: delays in seconds, also by space; the
    closed and failed pages of the last full pass, of which ``failed`` names some; and the error of
    the last pass, or else of the last full one."""
    complete = [one for one in passes if one.kind is PassKind.ALL_PAGES and one.complete]
    full = [one for one in passes if one.kind is PassKind.ALL_PAGES]
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
        "pages_failed": full[-1].counts.get("failed", 0) if full else 0,
        "warnings": list(full[-1].warnings) if full else [],
        # Edits that are found while full passes fail do not mean that those come to their end.
        "error": next((one.error for one in (*passes[-1:], *full[-1:]) if one.error), ""),
    }


def shown_span(seconds: float) -> str:
    """Return the span in the largest unit of which it has at least two."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def _all_lags(passes: Iterable[Pass]) -> list[float]:
    return [seconds for one in passes for lags in one.lags.values() for seconds in lags]
