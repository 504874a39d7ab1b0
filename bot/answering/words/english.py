"""The function words of English by their classes, and patterns of them.

These classes are closed: no wiki brings new words.
"""

from __future__ import annotations

from collections.abc import Iterable


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text with spaces between them."""
    return frozenset(words.split())


def any_of(words: Iterable[str]) -> str:
    """Return alternatives for a regular expression."""
    return "|".join(sorted(words))


ARTICLES = word_set("a an the")
POSSESSIVES = word_set("my our your his her its their")
DEMONSTRATIVES = word_set("this that these those")
DETERMINERS = ARTICLES | POSSESSIVES | DEMONSTRATIVES
PRONOUNS = word_set("i you he she it we they")
"""Personal pronouns as subjects."""
ANAPHORS = DEMONSTRATIVES | word_set("it its they them their")
"""Words that stand for something said before."""
ALL_ANAPHORS = ANAPHORS | word_set("he his she her")
"""The same, also for somebody: whom they stand for is often in the same sentence."""
PREPOSITIONS = word_set("""
about above after as at before below by during for from in into of on over per to under until via
with within without
""")
AUXILIARIES = word_set("""
am is are was were do does did have has had can could may might must shall should will would
""")
INTERROGATIVES = word_set("how what when where which who whom whose why")


def inverted(auxiliaries: Iterable[str]) -> str:
    """Return a regular expression for one of ``auxiliaries`` before the beginning of its subject,
    as in a question."""
    subjects = any_of(DETERMINERS | PRONOUNS | {"there"})
    return rf"(?:{any_of(auxiliaries)})\s++(?:{subjects})\b"
