"""Worked examples: the result of a rule in one case, which is no rule of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EXAMPLE = re.compile(
    r"\b(?:e\. ?g\b|examples?\b|for instance\b|suppose\b|imagine\b|let['\u2019]?s say\b"
    r"|scenarios?\b|beispiel|z\. ?b\b|ejemplos?\b|exemples?\b)",
    re.IGNORECASE,
)


def is_example(text: str, above: Iterable[str] = ()) -> bool:
    """Return whether a sentence gives an example: it says so, or the text ``above`` it does, its
    heading or introduction."""
    return any(_EXAMPLE.search(one) for one in (text, *above))
