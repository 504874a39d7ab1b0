"""A question in another language than the pages.

Its words occur on the pages only by chance, except for names and borrowed words ("Tock", "pull
request"). Everything else is compared by meaning alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.answering import texts
from bot.answering.words.roles import read
from bot.model import Question
from indexers.model import Hit
from indexers.ports import PassageIndex

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
"""Characters. Too many shorter words are a different word in the other language."""
_LEAST_SHARE = 0.1
"""The least share of the passages for a language. Fewer may be misdetected, or a quotation."""


def foreign_language(question: Question, index: PassageIndex) -> str:
    """Return the language of the question's text; empty if pages that its reader may read are, or
    may be, in it.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    languages = index.languages(reader=question.reader, wikis=question.wikis)
    return index.foreign_language(question.text, than=languages)


def common_words(question: str, hits: Sequence[Hit]) -> str:
    """Return the words of ``question`` that also occur in the passages, as written."""
    passage_words = {
        word for hit in hits for word in _WORD.findall(hit.passage.embedded.casefold())
    }
    return " ".join(
        word
        for word in _WORD.findall(question)
        if len(word) >= _SHORTEST
        and word.casefold() in passage_words
        and any(token.weighs for token in read(word))
    )


def advise_language(hits: Sequence[Hit]) -> str:
    """Return the advice for a question that found nothing: ask it in a language of the passages. It
    names the most common language first, but not only that one: a question in German finds the few
    French pages of an English wiki first."""
    counts = Counter(hit.language for hit in hits if hit.language)
    languages = [
        language.capitalize()
        for language, count in counts.most_common()
        if count >= _LEAST_SHARE * counts.total()
    ]
    return texts.ask_in(languages) if languages else texts.ANOTHER_LANGUAGE
