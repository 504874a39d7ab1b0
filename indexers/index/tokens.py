"""Counts of a text's tokens, by a model's own tokenizer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BY_WORD = "BertPreTokenizer"
"""The pre-tokenizer that cuts at every space, so that no token contains one."""
_SPACES = str.maketrans("\t\n\r", "   ")
"""The characters that BERT takes for spaces, whatever Unicode says of them."""
_REMEMBERED = 65_536
"""Words whose count is kept, some 8 MB."""
_LONG = 40
"""Characters from which on the count of a word is not kept: such words hardly occur twice."""


class TokenCounter:
    """Counts all tokens of a text, without special tokens and truncation.

    If the tokenizer reads word by word, each word is counted once: passages repeat their words
    again and again, and this takes less than half of the time.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._reads_words = type(tokenizer.pre_tokenizer).__name__ == _BY_WORD
        self._of_word = lru_cache(maxsize=_REMEMBERED)(self._count)

    def __call__(self, text: str) -> int:
        """Return the number of tokens. ``text`` has no unpaired surrogates."""
        if not self._reads_words:
            return self._count(text)
        count = self._of_word
        return sum(
            count(word) if len(word) < _LONG else self._count(word)
            for word in text.translate(_SPACES).split(" ")
        )

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)
