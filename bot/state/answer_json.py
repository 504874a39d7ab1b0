"""An answer as the JSON text that the database stores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from operator import methodcaller
from typing import Any

from pydantic import TypeAdapter

from bot.model import Answer, Clarify, NoAnswer, Result, Source

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
    return _json([asdict(source) for source in sources])


def load_sources(text: str) -> tuple[Source, ...]:
    """Load sources: the reverse of ``dump_sources``."""
    found: tuple[Source, ...] = _adapter(tuple[Source, ...]).validate_python(json.loads(text))
    return found


def dump(answer: Result) -> str:
    return _json(asdict(answer))


def load(text: str) -> Result:
    """Load an answer: the reverse of ``dump``. Unknown fields are ignored, and missing ones have
    their defaults."""
    kept: dict[str, Any] = json.loads(text)
    kind = NoAnswer if "reason" in kept else Clarify if "readings" in kept else Answer
    found: Result = _adapter(kind).validate_python(kept)
    return found


def _json(value: object) -> str:
    return json.dumps(value, default=methodcaller("isoformat"), ensure_ascii=False)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
