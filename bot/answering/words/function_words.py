"""The function words of English: they find every page, so they weigh little in a comparison.

The class is closed: no wiki brings new words.
"""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
a about am an and any are as at be been being by can could did do does for from get had has have he
her here him his how i if in into is it its just may me might mine must my no not of on or our
ours please shall she should so some such than that the their them then there these they this
those through to too under up us was we were what when where which who whom whose why will with
without would you your yours
""".split()  # noqa: SIM905 - read as words
)
