"""The languages of a question and of the pages.

Where the embedding model knows one language only, a question in another one finds next to nothing:
a language model translates it, or the bot says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from footnote_bot.bot.answering import texts
from footnote_bot.bot.model import Question, Role
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.ports import Embedder, PassageIndex

Translate = Callable[[Question, str], str]
"""Puts a question into a language (its name in English); empty if that failed."""

_LONGEST = 600
"""Characters of a question that is translated, and of its translation."""
_LEAST_SHARE = 0.1
"""The least share of the passages for a language. Fewer may be misdetected, or a quotation."""


def foreign_language(question: Question, index: PassageIndex) -> str:
    """Return the language of the question's text if no page that its reader may read is in it; else
    empty, also if that is not certain.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    languages = index.languages(reader=question.reader, wikis=question.wikis)
    return index.foreign_language(question.text, than=languages)


def is_foreign(question: Question, index: PassageIndex, embedder: Embedder) -> bool:
    """Return whether the search cannot understand the question: it is in another language than the
    pages, and the embedding model does not know both."""
    return not embedder.multilingual and bool(foreign_language(question, index))


def in_language_of_pages(question: Question, index: PassageIndex, translate: Translate) -> Question:
    """Return the question in the language of most pages, standing alone; as it is, if that fails.
    The translation is searched for and compared with the pages, and never shown.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    languages = index.languages(reader=question.reader, wikis=question.wikis)
    if len(question.text) > _LONGEST or not languages:
        return question
    # What other people say does not belong to the question.
    history = tuple(turn for turn in question.history if turn.role is not Role.OTHER)
    text = translate(replace(question, history=history), languages[0])
    if not any(map(str.isalnum, text)) or "\n" in text or len(text) > _LONGEST:
        return question
    return replace(question, text=text, history=(), asked=question)


def advise_language(hits: Sequence[Hit]) -> str:
    """Return the advice to ask in a language of the passages. It names the most common language
    first, but not only that one: a question in German finds the few French pages of an English
    wiki first."""
    counts = Counter(hit.language for hit in hits if hit.language)
    languages = [
        language.capitalize()
        for language, count in counts.most_common()
        if count >= _LEAST_SHARE * counts.total()
    ]
    return texts.ask_in(languages) if languages else texts.ANOTHER_LANGUAGE
