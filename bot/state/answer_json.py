"""An answer as the JSON text that the database stores.

A row may hold text that this program cannot read, for example while a newer version runs beside it.
Then it counts as no answer: its message can still be retracted, and the other rows can be listed.
The error's text is not logged, because pydantic quotes the words.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from operator import methodcaller
from typing import Any

from pydantic import TypeAdapter

from footnote_bot.bot import texts
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result, Source
from footnote_bot.indexers.model import NOBODY, Acl

logger = logging.getLogger(__name__)

IS_NONE = '"reason": "'
HAS_REASON = IS_NONE + '{}"'
"""Text that marks a missing answer, for a search: quotation marks of other text are escaped."""
DENIES = '"denial": true'
"""Text that marks an answer which says that the pages do not answer."""
IS_CLOSEST = '"tone": "closest"'
"""Text that marks the nearest section, which earlier versions stored as an answer."""
NAMES_SECTIONS = '"nearest": [{'
"""Text that marks a result that names the nearest sections."""
IS_WRITTEN = '"written": {}}}'
"""Text that marks an answer that repeats the written answer with this id."""
ASKS_BACK = '"readings": ['
"""Text that marks a question back, which earlier versions asked."""
_UNREADABLE = (KeyError, TypeError, ValueError, RecursionError)
"""Errors that json, pydantic and a text of another form raise."""


def dump_sources(sources: Sequence[Source]) -> str:
    return _json([asdict(source) for source in sources])


def load_basis(
    sources: str, fingerprints: str, acl: str, row: str
) -> tuple[tuple[Source, ...], tuple[str, ...], Acl]:
    """Load the sources of a written answer, their fingerprints, and its rights. If one of these
    cannot be read, return rights for nobody and log the name of the ``row``."""
    try:
        return (
            _adapter(tuple[Source, ...]).validate_python(json.loads(sources)),
            _adapter(tuple[str, ...]).validate_python(json.loads(fingerprints)),
            Acl.parse(acl),
        )
    except _UNREADABLE:
        _log_unreadable(row)
        return (), (), NOBODY


def dump(answer: Result) -> str:
    return _json(asdict(answer))


def load(text: str, row: str) -> Result:
    """Load an answer: the reverse of ``dump``. Unknown fields are ignored, and missing ones have
    their defaults. If it cannot be read, return a `NoAnswer` and log the name of the ``row``."""
    try:
        fields: dict[str, Any] = json.loads(text)
        if "readings" in fields:  # an earlier version asked back which page was meant
            nearest = [reading["source"] for reading in fields["readings"]]
            fields |= {"reason": Reason.NOTHING_FITS, "nearest": nearest}
        kind = NoAnswer if "reason" in fields else Answer
        result: Result = _adapter(kind).validate_python(fields)
    except _UNREADABLE:
        _log_unreadable(row)
        return NoAnswer(Reason.UNCHECKED, texts.UNREADABLE)
    return result


@lru_cache(maxsize=1000)
def _log_unreadable(row: str) -> None:
    """Log an unreadable row once, not each time that it is read."""
    logger.error("The bot's database holds a text in %s that cannot be read", row)


def _json(value: object) -> str:
    return json.dumps(value, default=methodcaller("isoformat"), ensure_ascii=False)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
