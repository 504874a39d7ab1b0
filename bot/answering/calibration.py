"""A confidence curve made for one index and its models, stored beside the index."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

from bot.answering.confidence import Confidence, Curve
from bot.errors import BotError
from indexers.ports import Embedder, Reranker

log = logging.getLogger(__name__)

_FORMAT = 2
_CURVES = ("read", "shown")
"""The curves among the fields of `Confidence`."""
_NONE = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""Errors of reading a file with other contents."""


class CalibrationUnwritable(BotError):
    """The file of a calibration cannot be written or deleted."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration. ``embedder`` and ``reranker`` are the identities of the models that it holds
    for (empty: no cross-encoder); ``questions`` counts the questions it was made from,
    ``generated`` says whether these came from the wiki's own pages; ``made`` is the day."""

    confidence: Confidence
    embedder: str
    reranker: str
    questions: int
    generated: bool
    made: str

    def save(self, file: Path) -> None:
        """Save the calibration.

        Raises:
            CalibrationUnwritable
        """
        partly = file.with_name(f"{file.name}.part")
        kept = {"footnote_confidence": _FORMAT, **asdict(self)}
        try:
            partly.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
            partly.replace(file)
        except OSError as error:
            raise CalibrationUnwritable(f"{file}: cannot be written ({error.strerror})") from None


def confidence(file: Path | None, embedder: Embedder, reranker: Reranker | None) -> Confidence:
    """Return the curve in ``file`` if it is for these models, or the default one."""
    if file is None or not file.exists():
        return Confidence()
    found = load(file, embedder.identity, reranker.identity if reranker else "")
    return found.confidence if found else Confidence()


def load(file: Path, embedder: str, reranker: str) -> Calibration | None:
    """Return the calibration in ``file``; None if there is none, or if it is for other models or
    unreadable, which is logged."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        found = _calibration(kept)
    except FileNotFoundError:
        return None
    except _NONE:
        log.warning("%s is no calibration: it is ignored. Run `footnote calibrate` again.", file)
        return None
    if (found.embedder, found.reranker) != (embedder, reranker):
        log.warning(
            "%s was made for other models (%s; %s), so it is ignored and the confidence curve that "
            "comes with Footnote is used. Run `footnote calibrate` again, or with --reset.",
            file,
            found.embedder,
            found.reranker or "no cross-encoder",
        )
        return None
    return found


def reset(file: Path) -> bool:
    """Delete it; return whether there was one.

    Raises:
        CalibrationUnwritable
    """
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CalibrationUnwritable(f"{file}: cannot be deleted ({error.strerror})") from None
    return True


def _calibration(kept: dict[str, Any]) -> Calibration:
    if kept["footnote_confidence"] != _FORMAT:
        raise ValueError(kept["footnote_confidence"])
    curve = dict(kept["confidence"])
    read, shown = (Curve(**_weights(Curve, curve.pop(name))) for name in _CURVES)
    weights = _weights(Confidence, curve)
    confidence = replace(Confidence(), **weights, read=read, shown=shown)
    return Calibration(
        confidence,
        str(kept["embedder"]),
        str(kept["reranker"]),
        int(kept["questions"]),
        bool(kept["generated"]),
        str(kept["made"]),
    )


def _weights(kind: type[Curve] | type[Confidence], kept: dict[str, Any]) -> dict[str, float]:
    names = {field.name for field in fields(kind)} - (set(_CURVES) if kind is Confidence else set())
    if kept.keys() != names:
        raise ValueError(sorted(kept))
    weights = {name: float(value) for name, value in kept.items()}
    if not all(map(isfinite, weights.values())):
        raise ValueError(weights)
    return weights
