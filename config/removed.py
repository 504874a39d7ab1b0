"""Settings that Footnote no longer uses: a file or a variable that has one is read, with a warning.

To remove a setting, delete its field and add it to `REMOVED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REMOVED: dict[str, str] = {
    "llm.silence": "A model may be silent for as long as `llm.seconds` lets it write.",
    "llm.attempts": "A request is tried up to three times.",
    "llm.verify_seconds": "The check of unclear sentences may take 10 seconds.",
    "llm.temperature": "The temperature is 0, or the model's own if it takes no other.",
    "llm.structured": "Structured output is tried first, then plain text.",
}
"""What holds instead, or what to do, by `SECTION.KEY`, or `KEY` of no section; `wiki.KEY` is of
each `[[wiki]]`."""


def removed_in(values: Mapping[str, Any]) -> list[str]:
    """Return the names of the removed settings that the values of a file have, in order."""
    names = set(values)
    for section, value in values.items():
        for table in value if isinstance(value, list) else [value]:
            if isinstance(table, dict):
                names.update(f"{section}.{key}" for key in table)
    return sorted(names & REMOVED.keys())


def without_removed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a file without the removed settings."""
    return {
        name: [_kept(name, each) for each in value]
        if isinstance(value, list)
        else _kept(name, value)
        for name, value in values.items()
        if name not in REMOVED
    }


def _kept(section: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if f"{section}.{key}" not in REMOVED}
