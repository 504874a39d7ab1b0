"""A question in another language than English -> one in English, word by word, for English pages.

The bundled models know English only. What they would make of another language is chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from bot.answering.dictionary import LANGUAGES, Dictionary, dictionary_of
from bot.answering.word_by_word import gloss
from bot.model import Question, Role
from indexers.model import Hit
from indexers.ports import Embedder, PassageIndex

_ENGLISH = "english"
_LEAST_KNOWN = 0.5
"""The share of a question's words that the dictionary must have. Names are in no dictionary, but
where most words are unknown, or as many are English, the language was misjudged."""
_TELLING = 8
"""Letters of a word that tells its language by itself: shorter ones may be a product's name."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Glossing:
    """Puts questions into English where most pages are in English and the ``embedder`` knows no
    other language."""

    index: PassageIndex
    embedder: Embedder

    def __call__(self, question: Question) -> Question:
        """Return the question in English, with its history; as it is if that is not possible. Where
        some pages are in the question's language, it keeps its own words and is ``standalone`` in
        English: both are searched for.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if self.embedder.multilingual or question.standalone:
            return question
        language = self._language(question)
        if language not in LANGUAGES or self.index.main_language() != _ENGLISH:
            return question
        dictionary = dictionary_of(language)
        glossed = gloss(question.text, dictionary)
        if glossed.known < _LEAST_KNOWN or glossed.known <= glossed.english:
            return question
        if not question.history and not self.index.foreign_language(question.text):
            return replace(question, standalone=glossed.text, asking=question.text, asked=question)
        history = tuple(
            replace(turn, text=self._turn(turn.text, language, dictionary))
            for turn in question.history
        )
        return replace(question, text=glossed.text, history=history, asked=question)

    def keywords(self, question: Question, unknown: Sequence[str]) -> Question:
        """Return a question that is too short to tell its language, with its words in English if
        the ``unknown`` ones (in lower case) are of one language: "elternzeit vpn".

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if self.embedder.multilingual or self.index.main_language() != _ENGLISH:
            return question
        known = {
            language: [word for word in unknown if dictionary_of(language).phrase(word)]
            for language in LANGUAGES
        }
        language = max(known, key=lambda name: len(known[name]))
        dictionary = dictionary_of(language)
        typed = [match[0].casefold() for match in _WORD.finditer(question.text)]
        many_english = sum(map(dictionary.is_english, typed))
        if not _tell_language(known[language]) or len(known[language]) < many_english:
            return question

        def translated(match: re.Match[str]) -> str:
            word = match[0]
            return word if dictionary.is_english(word.casefold()) else gloss(word, dictionary).text

        return replace(question, text=_WORD.sub(translated, question.text), asked=question)

    def _language(self, question: Question) -> str:
        """Return the language of a question, or of its asker's turns if it is too short to tell;
        empty if it may be English."""
        own = self.index.foreign_language(question.text, than=[_ENGLISH])
        if own or not question.history:
            return own
        turns = [turn.text for turn in question.history if turn.role is Role.ASKER]
        return self.index.foreign_language("\n".join([*turns, question.text]), than=[_ENGLISH])

    def _turn(self, text: str, language: str, dictionary: Dictionary) -> str:
        """Return an earlier turn in English. The bot's are, mostly."""
        is_own = self.index.foreign_language(text, than=[_ENGLISH]) == language
        return gloss(text, dictionary).text if is_own else text


def in_words_of_best(question: Question, hits: Sequence[Hit]) -> Question:
    """Return a question that was searched for in two languages in its own words only, if the
    passage that a cross-encoder finds best, or else the first of ``hits``, is not in English."""
    if not question.asked or not question.standalone or not hits:
        return question
    best = max(hits, key=lambda hit: -inf if hit.relevance is None else hit.relevance)
    if best.language == _ENGLISH:
        return question
    return replace(question, standalone="", asking="", asked=None)


def _tell_language(words: Sequence[str]) -> bool:
    """Return whether ``words`` tell the language whose dictionary has them."""
    return len(words) > 1 or any(len(word) >= _TELLING or not word.isascii() for word in words)
