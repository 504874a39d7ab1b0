"""Misspelt words, corrected to the pages' spelling, for the search.

Only text that is certainly no word is corrected: it is not one token for the embedding model, as
common words are; no dictionary has it; and it is on no page that the reader may read. The
correction is a word from such a page, one typing error away. So it reveals no page that the reader
may not read, not even by its absence; and it is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.model import Question
from indexers.ports import PassageIndex

_MOST = 6
"""Words of one question that are looked up, at about 4 ms each."""
_WORD = re.compile(r"(?<![\w/.@#:\\-])[^\W\d_]++(?![\w/@#:\\-]|\.\w)")
"""A word that is no part of an address, a key or a compound."""
_EXACT = re.compile(r"```.*?```|`[^`]*+`|\"[^\"]*+\"|\u201c[^\u201c\u201d]*+\u201d", re.DOTALL)
"""Text that must be taken literally."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The correction of questions in a language of the pages; words of another language are not
    misspelt. ``count_tokens`` counts the embedding model's tokens."""

    index: PassageIndex
    count_tokens: Callable[[str], int]

    def __call__(self, question: Question) -> tuple[Question, list[str]]:
        """Return the question with its misspelt words corrected, and its words, in lower case, that
        are no words of the pages' languages and could not be corrected.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        odd_words = [word for word in _words(question.text) if self._is_odd(word[0].casefold())]
        pieces: list[str] = []
        unknown: list[str] = []
        position = 0
        for word in odd_words[:_MOST]:
            corrected = self._corrected(word[0], question)
            if corrected is None:
                unknown.append(word[0].casefold())
            pieces += [question.text[position : word.start()], corrected or word[0]]
            position = word.end()
        text = "".join([*pieces, question.text[position:]])
        return (replace(question, text=text) if pieces else question), unknown

    def _is_odd(self, word: str) -> bool:
        return self.count_tokens(word) > 1

    def _corrected(self, word: str, question: Question) -> str | None:
        """Return the corrected word, which is unchanged if it is right; None if no word is near."""
        near = self.index.near_words(word.casefold(), reader=question.reader, wikis=question.wikis)
        if word.casefold() in near:
            return word
        # A form that is on no page must be a common word, like "vouchers" if the pages have
        # "voucher". Of equally common words, one of the same length comes first.
        candidates = [
            candidate for candidate, count in near.items() if count or not self._is_odd(candidate)
        ]
        best = min(
            candidates,
            key=lambda candidate: (-near[candidate], abs(len(candidate) - len(word)), candidate),
            default=None,
        )
        return best.capitalize() if best and word[0].isupper() else best


def _words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words that may be misspelt. A capital within a sentence makes a name, and names may
    have any spelling."""
    text = _EXACT.sub(lambda exact: " " * len(exact[0]), text)
    position = 0
    for word in _WORD.finditer(text):
        begins_sentence = not position or any(
            end in text[position : word.start()] for end in ".!?:\n"
        )
        if word[0].islower() or (begins_sentence and word[0].istitle()):
            yield word
        position = word.end()
