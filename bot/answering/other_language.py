"""A question in another language than the pages.

Its words match theirs only by chance, except for names and borrowed words ("Tock", "pull request");
everything else is compared by meaning alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.answering import texts
from bot.answering.composing.words import read
from indexers.model import Hit

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
"""Characters; too many shorter words are another word in another language."""
_LEAST_SHARE = 0.1
"""Of the passages; fewer may be told wrongly, or be a quotation."""


def common_words(question: str, hits: Sequence[Hit]) -> str:
    """Return the words of ``question`` that the passages have too, as they are written."""
    there = {word for hit in hits for word in _WORD.findall(hit.passage.embedded.casefold())}
    return " ".join(
        word
        for word in _WORD.findall(question)
        if len(word) >= _SHORTEST and word.casefold() in there and any(w.weighs for w in read(word))
    )


def ask_in_theirs(hits: Sequence[Hit]) -> str:
    """Return the advice if nothing is found: the same question may well find it in a language of
    the passages, the commonest first. The commonest is not always the wiki's: a question in German
    finds the few French pages of an English wiki first."""
    found = Counter(hit.language for hit in hits if hit.language)
    languages = [
        language.capitalize()
        for language, passages in found.most_common()
        if passages >= _LEAST_SHARE * found.total()
    ]
    return texts.ask_in(languages) if languages else texts.ANOTHER_LANGUAGE
