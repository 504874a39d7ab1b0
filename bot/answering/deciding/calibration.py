"""A confidence curve fitted to one index and its models, stored beside the index."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve
from footnote_bot.bot.errors import BotError
from footnote_bot.indexers.ports import Embedder, Reranker

log = logging.getLogger(__name__)

_FORMAT = 3
_CURVES = ("read", "unread")
_INVALID = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""Errors raised on reading a file that is no calibration."""


class CalibrationUnwritable(BotError):
    """The file of a calibration cannot be written or deleted."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration. It applies to the models with the identities ``embedder`` and ``reranker``
    (empty: no cross-encoder). ``questions`` counts the questions it was made from; ``generated``
    says whether these were generated from the wiki's own pages; ``made`` is the day."""

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
        temporary = file.with_name(f"{file.name}.part")
        contents = {"footnote_confidence": _FORMAT, **asdict(self)}
        try:
            temporary.write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8")
            temporary.replace(file)
        except OSError as error:
            raise CalibrationUnwritable(f"{file}: cannot be written ({error.strerror})") from None


def confidence(file: Path | None, embedder: Embedder, reranker: Reranker | None) -> Confidence:
    """Return the curve in ``file`` if it was made for these models, otherwise the default one."""
    if file is None or not file.exists():
        return Confidence()
    calibration = load(file, embedder.identity, reranker.identity if reranker else "")
    return calibration.confidence if calibration else Confidence()


def load(file: Path, embedder: str, reranker: str) -> Calibration | None:
    """Return the calibration in ``file``; None if there is no file. A file that is unreadable or
    was made for other models is logged and ignored."""
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
        calibration = _calibration(contents)
    except FileNotFoundError:
        return None
    except _INVALID:
        log.warning("%s is no calibration: it is ignored. Run `footnote calibrate` again.", file)
        return None
    if (calibration.embedder, calibration.reranker) != (embedder, reranker):
        log.warning(
            "%s was made for other models (%s; %s), so it is ignored and the confidence curve that "
            "comes with Footnote is used. Run `footnote calibrate` again, or with --reset.",
            file,
            calibration.embedder,
            calibration.reranker or "no cross-encoder",
        )
        return None
    return calibration


def reset(file: Path) -> bool:
    """Delete the calibration; return whether there was one.

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


def _calibration(contents: dict[str, Any]) -> Calibration:
    """Parse the contents of a file; an error among `_INVALID` is raised if they are malformed."""
    if contents["footnote_confidence"] != _FORMAT:
        raise ValueError(contents["footnote_confidence"])
    curves = contents["confidence"]
    confidence = Confidence(**{name: Curve(**_weights(curves[name])) for name in _CURVES})
    return Calibration(
        confidence,
        str(contents["embedder"]),
        str(contents["reranker"]),
        int(contents["questions"]),
        bool(contents["generated"]),
        str(contents["made"]),
    )


def _weights(stored: dict[str, Any]) -> dict[str, float]:
    """Parse the weights of a curve: all that it has, no others, and all finite."""
    weights = {field.name: float(stored[field.name]) for field in fields(Curve)}
    if stored.keys() != weights.keys() or not all(map(isfinite, weights.values())):
        raise ValueError(stored)
    return weights
