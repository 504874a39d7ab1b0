"""An answer as the JSON text that the database stores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from operator import methodcaller
from typing import Any

from bot.model import (
    Answer,
    Clarify,
    Doubt,
    Fallback,
    Linked,
    Narrowed,
    NoAnswer,
    Reading,
    Reason,
    Result,
    Source,
    Timings,
    Tone,
    Unchecked,
    Verification,
)

IS_NONE = '"reason": "'
HAS_REASON = IS_NONE + '{}"'
"""Text that marks a missing answer, for a search: quotation marks of other text are escaped."""
DENIES = '"denial": true'
"""Text that marks an answer which says that the pages do not answer."""
IS_WRITTEN = '"written": {}}}'
"""Text that marks an answer which gives the written one of this id."""
ASKS_BACK = '"readings": ['
"""Text that marks a clarifying question."""


def dump_sources(sources: Sequence[Source]) -> str:
    kept = [asdict(source) for source in sources]
    return json.dumps(kept, default=methodcaller("isoformat"), ensure_ascii=False)


def load_sources(text: str) -> tuple[Source, ...]:
    """Load sources: the reverse of ``dump_sources``."""
    return tuple(map(_source, json.loads(text)))


def dump(answer: Result) -> str:
    return json.dumps(asdict(answer), default=methodcaller("isoformat"), ensure_ascii=False)


def load(text: str) -> Result:
    """Load an answer: the reverse of ``dump``. Unknown fields are ignored, and missing ones have
    their defaults."""
    kept: dict[str, Any] = json.loads(text)
    timings = Timings(**_known(Timings, kept.get("timings", {})))
    if "reason" in kept:
        return NoAnswer(
            reason=Reason(kept["reason"]),
            text=kept["text"],
            nearest=tuple(map(_source, kept.get("nearest", []))),
            confidence=kept.get("confidence", 0.0),
            timings=timings,
            unchecked=_unchecked(kept.get("unchecked")),
            linked=_linked(kept),
            narrowed=_narrowed(kept.get("narrowed")),
        )
    if "readings" in kept:
        return Clarify(
            text=kept["text"],
            readings=tuple(
                Reading(one["label"], one["question"], _source(one["source"]))
                for one in kept["readings"]
            ),
            confidence=kept.get("confidence", 0.0),
            timings=timings,
            unchecked=_unchecked(kept.get("unchecked")),
            linked=_linked(kept),
            narrowed=_narrowed(kept.get("narrowed")),
        )
    return Answer(
        text=kept["text"],
        sources=tuple(map(_source, kept["sources"])),
        confidence=kept["confidence"],
        timings=timings,
        unchecked=_unchecked(kept.get("unchecked")),
        linked=_linked(kept),
        composed=kept.get("composed", False),
        fallback=Fallback(kept["fallback"]) if kept.get("fallback") else None,
        verified=_verified(kept.get("verified")),
        narrowed=_narrowed(kept.get("narrowed")),
        left_out=kept.get("left_out", 0),
        unclear=tuple(kept.get("unclear", ())),
        denial=kept.get("denial", False),
        cut=kept.get("cut", False),
        tone=Tone(kept.get("tone", Tone.ANSWER)),
        nearest=tuple(map(_source, kept.get("nearest", []))),
        early=kept.get("early", False),
    )


def _source(kept: dict[str, Any]) -> Source:
    updated = kept.get("updated")
    return Source(
        **_known(Source, kept) | {"updated": date.fromisoformat(updated) if updated else None}
    )


def _verified(kept: dict[str, Any] | None) -> Verification | None:
    if kept is None:
        return None
    return Verification(kept["by"], date.fromisoformat(kept["on"]), kept.get("written", 0))


def _narrowed(kept: dict[str, Any] | None) -> Narrowed | None:
    if kept is None:
        return None
    return Narrowed(tuple(kept.get("sites", ())), kept.get("several", False))


def _unchecked(kept: dict[str, Any] | None) -> Unchecked | None:
    if kept is None:
        return None
    last = kept.get("last_check")
    return Unchecked(datetime.fromisoformat(last) if last else None)


def _linked(kept: dict[str, Any]) -> tuple[Linked, ...]:
    return tuple(
        Linked(**_known(Linked, one) | {"doubt": Doubt(one["doubt"])})
        for one in kept.get("linked", [])
    )


def _known(cls: type, kept: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in kept.items() if name in names}
