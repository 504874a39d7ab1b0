"""A question in another language than English -> one in English, word by word, for English pages.

The bundled models know English only. What they would make of another language is chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from bot.answering.languages.dictionary import LANGUAGES, Dictionary, dictionary_of
from bot.answering.languages.word_by_word import Gloss, gloss
from bot.answering.question.wrapping import asking
from bot.model import Question, Role
from indexers.model import Hit
from indexers.ports import Embedder, PassageIndex

_ENGLISH = "english"
_LEAST_KNOWN = 0.5
"""The share of a question's words that the dictionary must have. Names are in no dictionary, but
where most words are unknown, or as many are English, the language was misjudged."""
_TELLING = 8
"""Letters of a word that tells its language by itself: shorter ones may be a product's name."""
_SURE, _MOST_ENGLISH = 0.75, 0.5
"""The share of words that the dictionary must have, and that English may have, too, where no stop
words tell the language."""
_LIKED = 0.0
"""The cross-encoder's score, a logit, of a passage that rather answers than not."""
_LONGEST = 500
"""Characters by which a language is told."""
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
        if not (detected := self._detected(question)):
            return question
        languages = self._languages(question)
        if languages[:1] != [_ENGLISH]:
            return question
        dictionary, glossed = _likeliest(question.text, detected)
        is_likely = glossed.known >= _LEAST_KNOWN and glossed.known > glossed.english
        if not is_likely or (detected not in LANGUAGES and not _is_sure(question.text, glossed)):
            return question
        if not question.history and dictionary.language in languages:
            return replace(question, standalone=glossed.text, asking=question.text, asked=question)
        history = tuple(
            replace(turn, text=self._turn(turn.text, dictionary)) for turn in question.history
        )
        return replace(question, text=glossed.text, history=history, asked=question)

    def keywords(self, question: Question, corrected: Question, unknown: Sequence[str]) -> Question:
        """Return a question with too few stop words to tell its language in English, if nearly all
        of its words are of one language, or at least the ``unknown`` ones (in lower case), as in
        "elternzeit vpn"; else as its misspelt words were ``corrected``.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        told = self.index.foreign_language(question.text, than=LANGUAGES)
        if self.embedder.multilingual or told == _ENGLISH:
            return corrected
        _, glossed = _likeliest(question.text)
        if _is_sure(question.text, glossed):
            text = glossed.text
        elif not (text := _with_unknown(corrected.text, unknown)):
            return corrected
        if self._languages(question)[:1] != [_ENGLISH]:
            return corrected
        return replace(corrected, text=text, asked=question)

    def _languages(self, question: Question) -> list[str]:
        return list(self.index.languages(reader=question.reader, wikis=question.wikis))

    def _detected(self, question: Question) -> str:
        """Return the language of a question with its asker's turns, because a short one tells
        little; or else by itself. Empty if it may be English."""
        turns = [turn.text for turn in question.history if turn.role is Role.ASKER]
        text = "\n".join([*turns, question.text])
        return self.index.foreign_language(text, than=[_ENGLISH]) or self.index.foreign_language(
            question.text, than=[_ENGLISH]
        )

    def _turn(self, text: str, dictionary: Dictionary) -> str:
        """Return an earlier turn in English. The bot's are, mostly."""
        if not self.index.foreign_language(text, than=[_ENGLISH]):
            return text
        glossed = gloss(text, dictionary)
        return text if glossed.known < _LEAST_KNOWN else glossed.text


def in_two_languages(question: Question) -> bool:
    """Return whether the question is searched for in its own words and in English."""
    return bool(question.asked and question.standalone)


def in_words_of_best(question: Question, hits: Sequence[Hit]) -> Question:
    """Return a question that was searched for in two languages in one of them only: in its own
    words if the passage that a cross-encoder finds best, or else the first of ``hits``, is not in
    English. A cross-encoder of English likes a passage for its language alone, so it must like it
    much."""
    if not hits:
        return question
    best = max(hits, key=lambda hit: -inf if hit.relevance is None else hit.relevance)
    is_liked = best.relevance is None or best.relevance > _LIKED
    if best.language == _ENGLISH or not is_liked:
        # On English pages, no noun of another language is a name that they do not have.
        text = question.standalone
        return replace(question, text=text, standalone="", asking=asking(text))
    return replace(question, standalone="", asking="", asked=None)


def _likeliest(text: str, detected: str = "") -> tuple[Dictionary, Gloss]:
    """Return the dictionary that has most of the words of ``text``, or of its beginning, and the
    text in English. Stop words alone tell few Portuguese questions from Spanish ones."""
    start = text[:_LONGEST]
    known = {language: gloss(start, dictionary_of(language)).known for language in LANGUAGES}
    words = _typed(start)
    language = max(
        LANGUAGES, key=lambda name: (known[name], name == detected, _spelled(words, name))
    )
    return dictionary_of(language), gloss(text, dictionary_of(language))


def _is_sure(text: str, glossed: Gloss) -> bool:
    """Return whether so many words are of the language that ``text`` is, too: of 13,000 questions
    in English, 4 are taken for another language, and of 89 in another whose stop words do not tell
    it, 65 are told."""
    words = _typed(text)
    is_english = glossed.english >= _MOST_ENGLISH and all(map(str.isascii, words))
    return len(words) > 1 and glossed.known >= _SURE and not is_english


def _with_unknown(text: str, unknown: Sequence[str]) -> str:
    """Return ``text`` in English if its ``unknown`` words tell its language; else nothing."""
    known = {
        language: [word for word in unknown if dictionary_of(language).phrase(word)]
        for language in LANGUAGES
    }
    language = max(known, key=lambda name: (len(known[name]), _spelled(known[name], name)))
    dictionary = dictionary_of(language)
    english = sum(map(dictionary.is_english, _typed(text)))
    if not _tell(known[language]) or len(known[language]) < english:
        return ""

    def translated(match: re.Match[str]) -> str:
        is_english = dictionary.is_english(match[0].casefold())
        return match[0] if is_english else gloss(match[0], dictionary).text

    return _WORD.sub(translated, text)


def _typed(text: str) -> list[str]:
    return [match[0].casefold() for match in _WORD.finditer(text)]


def _spelled(words: Sequence[str], language: str) -> int:
    """Return how many of ``words``, and of all together, the dictionary has as they are spelled:
    "n\u00f3mina" is Spanish, and "nomina" Italian."""
    return sum(map(dictionary_of(language).has, [*words, " ".join(words)]))


def _tell(words: Sequence[str]) -> bool:
    """Return whether ``words`` tell the language whose dictionary has them."""
    return len(words) > 1 or any(len(word) >= _TELLING or not word.isascii() for word in words)
