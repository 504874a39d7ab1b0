"""A question in another language than the pages -> one in theirs, in a language model's words.

Where the embedding model knows one language only, such a question finds next to nothing. The
model's words are data: they are searched for and compared with the pages, never shown, and only if
they keep what no translation changes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.answering.languages.other_language import foreign_language
from bot.answering.question.wrapping import without_courtesies
from bot.answering.words.codes import ADDRESS, codes
from bot.answering.words.roles import TokenRole, read
from bot.foreign import seen
from bot.model import Question, Role
from indexers.ports import Embedder, PassageIndex

log = logging.getLogger(__name__)

Translate = Callable[[Question, str], str]
"""Puts a question into a language (its name in English); empty if that failed."""

_LONGEST = 600
"""Characters of a question that is translated, and of its translation."""
_MOST_NAMES = 8
"""Names that are looked up in the pages."""
_NOUNS_IN_CAPITALS = "german"

_NUMBER = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,'\u2019]\d+)*",
)
_CODE = re.compile(r"(?<!\w)[^\W\d_]{1,20}[-_#]?\d+(?:[.-]\d+)*")
"""Codes that begin with a letter: web-12, A12, the CO2 of "CO2-Bilanz"."""
_ADDRESS = re.compile(ADDRESS)
_EDGES = ".,;:!?\u00bf\u00a1()[]<>\"'\u201c\u201d\u201e\u00ab\u00bb*"
_WORD = re.compile(r"[^\W_]+")
_ENDS = frozenset(".!?:\u00bf\u00a1\n")
"""Signs before the first word of a sentence, whose capital says nothing."""
_STEM = 3
"""The least characters that two forms of a name share."""


def is_foreign(question: Question, index: PassageIndex, embedder: Embedder) -> bool:
    """Return whether the search cannot understand the question: it is in another language than the
    pages, and the embedding model does not know both."""
    if embedder.multilingual:
        return False
    own = replace(question, text=without_courtesies(question.text))
    return bool(foreign_language(own, index))


def in_language_of_pages(
    question: Question, index: PassageIndex, embedder: Embedder, translate: Translate
) -> Question:
    """Return the question in the language of most pages, standing alone; as it is, if that fails.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    if len(question.text) > _LONGEST:
        return question
    # What other people say does not belong to the question.
    history = tuple(turn for turn in question.history if turn.role is not Role.OTHER)
    own = replace(question, text=without_courtesies(question.text), history=history)
    languages = index.languages(reader=question.reader, wikis=question.wikis)
    text = translate(own, languages[0]) if languages else ""
    if not text:
        return question
    flaw = unfit(text, own)
    if not flaw and index.foreign_language(text, than=languages):
        flaw = "it is in another language"
    if not flaw and not all(_has_name(text, name) for name in _names(own, index, embedder)):
        flaw = "a name is missing"
    if flaw:
        log.info("What the language model made of a question is not searched for: %s", flaw)
        return question
    return replace(question, text=text, history=(), asked=question)


def unfit(text: str, question: Question) -> str:
    """Return why ``text`` cannot be a translation of ``question``, whatever its language; empty if
    it can."""
    return next(_flaws(text, question), "")


def _flaws(text: str, question: Question) -> Iterator[str]:
    if not any(map(str.isalnum, text)):
        yield "it is empty"
    if "\n" in text or len(text) > _LONGEST:
        yield "it is more than a question"
    if "?" in question.text and "?" not in text:
        yield "it is no question"
    asked = seen(question.text)
    known = "\n".join([asked, *(seen(turn.text) for turn in question.history)])
    spelled_out = {word.root for word in read(text) if word.role is TokenRole.NUMBER}
    if not set(_numbers(asked)) <= {*_numbers(text), *spelled_out}:
        yield "a number is missing"
    if not set(_numbers(text)) <= set(_numbers(known)):
        yield "it brings a number"
    folded_text, folded_known = text.casefold(), known.casefold()
    if any(code not in folded_text for code in _codes(asked)):
        yield "a code or an address is missing"
    if any(code not in folded_known for code in _codes(text)):
        yield "it brings a code or an address"


def _numbers(text: str) -> Iterator[str]:
    """Yield the digits of each number: languages separate thousands by different signs."""
    for match in _NUMBER.finditer(text):
        yield "".join(filter(str.isdecimal, match[0]))


def _codes(text: str) -> Iterator[str]:
    """Yield the codes and addresses, in lower case."""
    matches = [match[0] for pattern in (_CODE, _ADDRESS) for match in pattern.finditer(text)]
    for found in (*matches, *codes(text)):
        yield found.strip(_EDGES).casefold()


def _names(question: Question, index: PassageIndex, embedder: Embedder) -> Iterator[str]:
    """Yield the names in a question that the pages have, in lower case. A name that they do not
    have may have another form in their language: Londres, RH.

    Where nouns have capitals, only a name that the embedding model does not know as a word counts.
    """
    language = foreign_language(question, index)
    text = seen(question.text)
    looked_up = end = 0
    for match in _WORD.finditer(text):
        word, name = match[0], match[0].casefold()
        several = sum(map(str.isupper, word)) > 1
        begins = not end or not _ENDS.isdisjoint(text[end : match.start()])
        end = match.end()
        if not several and (not word[0].isupper() or begins):
            continue
        common = embedder.count_tokens(name) == 1
        if len(word) == 1 or (language == _NOUNS_IN_CAPITALS and common and not several):
            continue
        if looked_up == _MOST_NAMES:
            return
        looked_up += 1
        if name in index.near_words(name, reader=question.reader, wikis=question.wikis):
            yield name


def _has_name(text: str, name: str) -> bool:
    """Return whether ``text`` has the name in any form: Ada, Adas."""
    words = (match[0].casefold() for match in _WORD.finditer(text))
    return any(
        word == name or (min(len(word), len(name)) >= _STEM and _begin_alike(word, name))
        for word in words
    )


def _begin_alike(word: str, name: str) -> bool:
    return word.startswith(name) or name.startswith(word)
