"""Facts that a right answer states, and statements that it must not make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from footnote_bot.bot.evaluation.evidence import unmarked
from footnote_bot.bot.evaluation.lines import BadSet
from footnote_bot.bot.evaluation.matching import Matcher, MatchingFailed
from footnote_bot.indexers.text.prose import plain

AT_ONCE = 250
"""Characters that a person reads before deciding whether to read on."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts as regular expressions. ``required`` has the alternatives for each fact, one of which
    must match. ``forbidden`` must not match. ``where`` is their line."""

    required: tuple[tuple[re.Pattern[str], ...], ...]
    forbidden: tuple[re.Pattern[str], ...] = ()
    where: str = ""
    matcher: Matcher = field(default_factory=Matcher, compare=False, repr=False)

    def all_in(self, words: str) -> bool:
        """Return whether `plain_words` state every fact and nothing forbidden.

        Raises:
            BadSet: an expression takes too long.
        """
        matching = self._matching(words)
        is_complete = all(not matching.isdisjoint(ways) for ways in self.required)
        return is_complete and matching.isdisjoint(self.forbidden)

    def any_in(self, words: str) -> bool:
        """Return whether `plain_words` state a fact.

        Raises:
            BadSet: an expression takes too long.
        """
        return not self._matching(words).isdisjoint(chain(*self.required))

    def _matching(self, words: str) -> frozenset[re.Pattern[str]]:
        """Return the expressions, required and forbidden, that match ``words``."""
        try:
            return self.matcher.matching(chain(*self.required, self.forbidden), words)
        except MatchingFailed as error:
            raise BadSet(f"{self.where}: {error}") from None


def plain_words(text: str) -> str:
    """Return ``text`` as a person reads it: without footnotes, markup and list marks, with single
    spaces, straight quotation marks and hyphens."""
    bare = _BULLET.sub("", unmarked(text)).replace("**", "")
    return " ".join(_typed(plain(bare)).split())


def _typed(text: str) -> str:
    """Return ``text`` as people type it: one form of each character, straight marks."""
    return _NO_FRACTIONS.sub(_normalized, text).translate(_STRAIGHT)


def _normalized(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


_NO_FRACTIONS = re.compile("[^\u00bc-\u00be\u2150-\u215f\u2189]+")
"""NFKC makes "21/2" of "2\u00bd"."""
_BULLET = re.compile(r"^[ \t]*\u2022 ", re.MULTILINE)
_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011", "-"),
    }
)


def facts_of(row: Mapping[str, Any], where: str, matcher: Matcher | None = None) -> Facts | None:
    """Return the facts of a row of a question set; None if it has none. ``matcher`` finds them.

    Raises:
        BadSet: the facts are not lists of regular expressions.
    """
    required = row.get("facts") or []
    forbidden = row.get("must_not") or []
    if not isinstance(required, list) or not all(isinstance(ways, list) for ways in required):
        raise BadSet(f"{where}: 'facts' is not a list of lists of regular expressions")
    if not isinstance(forbidden, list):
        raise BadSet(f"{where}: 'must_not' is not a list of regular expressions")
    facts = tuple(tuple(_pattern(way, "facts", where) for way in ways) for ways in required if ways)
    false_statements = tuple(_pattern(way, "must_not", where) for way in forbidden)
    # A fact without alternatives would make every answer wrong.
    return Facts(facts, false_statements, where, matcher or Matcher()) if facts else None


def _pattern(text: object, name: str, where: str) -> re.Pattern[str]:
    """Return a compiled expression, in the typography of `plain_words`; ``name`` is its key."""
    try:
        # Use the typography of the words to search.
        characters = map(_literal, unicodedata.normalize("NFC", str(text)))
        return re.compile("".join(characters), re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadSet(
            f"{where}: {name!r} has an invalid regular expression, {text!r} ({error})"
        ) from None


def _literal(character: str) -> str:
    """Return a character of an expression `_typed`; the result is escaped if it differs."""
    typed = _typed(character)
    return character if typed == character else re.escape(typed)
