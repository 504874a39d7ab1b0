"""Text in another language -> English, word by word.

Grammar stays as it is: the search and the cross-encoder understand "how many leave days have I",
but not one word of the question in German.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.languages.dictionary import Dictionary, Meanings
from bot.answering.words.codes import ADDRESS

_LONGEST = 5
"""Words of a headword."""
_FURTHEST = 30
"""Words between a verb and its particle."""

_TOKEN = re.compile(rf"(?P<verbatim>{ADDRESS}|\w{{0,60}}\d[\w.,:/-]{{0,60}})|[^\W\d_]+")
"""A word; or an address, a number or a code, which stay in any language."""
_JOINTS = re.compile(r"[ \t\u00a0\u202f]*+(?:[-'\u2019\u2010\u2011][ \t\u00a0\u202f]*+)?")
"""What may stand between the words of a headword."""
_ELISION = re.compile("[a-z]|all|coll|dall|dell|nell|qu|sull|un")
"""What an article or a preposition leaves before an apostrophe."""
_ENDS_CLAUSE = re.compile(r"[.,;:?!\n]")
_OPENING = dict.fromkeys(map(ord, "\u00bf\u00a1"))


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text in English, word by word. ``known`` is the share of its words (0 to 1) that the
    dictionary has, or that stay as they are in any language; ``english`` is the share of those that
    English has, too."""

    text: str
    known: float
    english: float


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with what stands ``before`` and ``after`` it. ``meanings`` are those of a verb whose
    particle stands apart; none for the particle."""

    text: str
    before: str
    after: str
    is_verbatim: bool
    meanings: Meanings | None = None

    @property
    def word(self) -> str:
        return self.text.casefold()

    @property
    def is_elided(self) -> bool:
        """Return whether it is the article of "l'heure", or the t of "a-t-il"."""
        if self.after[:1] in ("'", "\u2019"):
            return bool(_ELISION.fullmatch(self.word))
        return self.word == "t" and self.before == self.after == "-"


def gloss(text: str, dictionary: Dictionary) -> Gloss:
    """Return ``text`` in English."""
    tokens = _with_separable_verbs(_tokens(text.translate(_OPENING)), dictionary)
    pieces: list[str] = []
    known = at = 0
    was_kept = False
    while at < len(tokens):
        token = tokens[at]
        length, meanings = _longest_headword(tokens[at : at + _LONGEST], dictionary)
        is_kept = meanings is None
        known += length if not is_kept or token.is_verbatim else 0
        # Between two words that are kept, "Kubernetes-Events", the hyphen is kept, too.
        is_joint = _JOINTS.fullmatch(token.before) and not (was_kept and is_kept)
        pieces.append(" " if is_joint else token.before)
        pieces.append(token.text if meanings is None else "".join(meanings[:1]))
        was_kept = is_kept
        at += length
    pieces += [token.after for token in tokens[-1:]]
    english = sum(token.is_verbatim or dictionary.is_english(token.word) for token in tokens)
    count = max(len(tokens), 1)
    return Gloss(" ".join("".join(pieces).split()), known / count, english / count)


def _tokens(text: str) -> list[_Token]:
    matches = list(_TOKEN.finditer(text))
    ends = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches), len(text)]
    between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return [
        _Token(match[0], between[at], between[at + 1], bool(match["verbatim"]))
        for at, match in enumerate(matches)
    ]


def _with_separable_verbs(tokens: Sequence[_Token], dictionary: Dictionary) -> list[_Token]:
    """Return the tokens with the meanings of each verb whose particle ends its clause."""
    joined = list(tokens)
    clause: list[int] = []
    for at, token in enumerate(tokens):
        ends = at + 1 == len(tokens) or _ENDS_CLAUSE.search(token.after)
        for verb in reversed(clause) if ends else ():
            meanings = dictionary.separable_verb(tokens[verb].word, token.word)
            if meanings is not None:
                joined[verb] = replace(tokens[verb], meanings=meanings)
                joined[at] = replace(token, meanings=())
                break
        clause = [] if ends else [*clause[-_FURTHEST:], at]
    return joined


def _longest_headword(
    tokens: Sequence[_Token], dictionary: Dictionary
) -> tuple[int, Meanings | None]:
    """Return the number of words of the longest headword that begins the tokens, and its meanings;
    None if there is none."""
    first = tokens[0]
    if first.is_verbatim or first.meanings is not None:
        return 1, first.meanings
    phrases = [first.word]
    for token in tokens[1:]:
        if not _JOINTS.fullmatch(token.before) or token.meanings is not None:
            break
        phrases.append(f"{phrases[-1]} {token.word}")
    for length in range(len(phrases), 1, -1):
        if (meanings := dictionary.phrase(phrases[length - 1])) is not None:
            return length, meanings
    return 1, () if first.is_elided else dictionary.word(first.word)
