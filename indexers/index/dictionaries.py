"""Dictionaries of correctly spelt words: the lists of pyspellchecker, in eleven languages."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

# BM25's languages by the package's names. Its list of Russian is too short, and Arabic and Persian
# are not corrected at all.
_LISTS = {
    "basque": "eu", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "italian": "it", "portuguese": "pt", "spanish": "es",
}  # fmt: skip
_loading = Lock()


def is_spelt_right(word: str, languages: Collection[str]) -> bool:
    """Return whether the list of one of ``languages`` has ``word``, in lower case. The first lookup
    in a language takes a quarter of a second."""
    with _loading:
        lists = [_list(_LISTS[language]) for language in languages if language in _LISTS]
    return any(word in each for each in lists)


@cache
def _list(name: str) -> SpellChecker:
    from spellchecker import SpellChecker  # 40 MB with a list, and most questions need none

    return SpellChecker(language=name)
