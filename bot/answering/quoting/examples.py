"""Worked examples: they apply a rule to one case, and state no rule themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EXAMPLE = re.compile(
    r"\b(?:e\. ?g\b|examples?\b|for instance\b|suppose\b|imagine\b|let['\u2019]?s say\b"
    r"|scenarios?\b|beispiel|z\. ?b\b|ejemplos?\b|exemples?\b)",
    re.IGNORECASE,
)


def is_example(text: str, above: Iterable[str] = ()) -> bool:
    """Return whether a sentence gives an example: it says so itself, or the lines ``above`` it do
    (its heading and introductions)."""
    return any(_EXAMPLE.search(line) for line in (text, *above))
