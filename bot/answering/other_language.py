"""A question in another language than the pages.

Its words match none of theirs, or only by chance. What both have are names and borrowed words
("Tock", "pull request"); all else is compared by meaning alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.composing.words import read
from indexers.model import Hit

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
"""Characters; of the shorter ones too many are another word in another language."""


def common_words(question: str, hits: Sequence[Hit]) -> str:
    """Return the words of ``question`` that the passages have too, as they are written."""
    there = {word for hit in hits for word in _WORD.findall(hit.passage.embedded.casefold())}
    return " ".join(
        word
        for word in _WORD.findall(question)
        if len(word) >= _SHORTEST and word.casefold() in there and any(w.weighs for w in read(word))
    )
