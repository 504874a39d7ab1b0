"""Words that narrow those which a sentence takes of a passage. They may not be left out.

"Staff in the Lyon office may use the gym" says nothing of other staff. As with other omissions, a
sentence that makes one is unclear, never false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.answering.composing.lexicon import JOINS
from bot.answering.composing.words import TokenRole, Word, bases


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WHICH = _set("who whom whose which that where")
_NARROWING = _set("""
at below above during for from in inside of on outside over under while with within without
""")
"""Words by which something narrower begins, behind what it narrows."""
_OPENING = _set("as at during for in inside on outside under with within without")
"""The same at the beginning of a sentence: "For contractors, ..."."""
_NARROWS_NOTHING = _set("""
addit case conclus contrast exampl fact general instanc order particular principl result short
summari turn
""")
"""Bases of words in openings that narrow nothing: in general, for example."""
_SUBJECT = 2
"""Weighty words that stand before what narrows a subject; behind more, it may tell how or when."""
_COUNTED = frozenset({"before", "after", "more", "less"})
_BEYOND = frozenset({"more", "less"})
_EACH = frozenset({"all", "every", "each", "any"})
_HALF = 0.5


def leaves_out_what_narrows(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether ``hypothesis`` says of more than ``premise`` what it says. What
    ``context`` has, the question and the titles, need not be said again."""
    return (
        _says_all_of_more(hypothesis, premise, context)
        or _adds_limit(hypothesis, premise)
        or any(
            _leaves_out_opening(hypothesis, parts, context)
            or any(_leaves_out_middle(hypothesis, part, context) for part in parts)
            or any(_leaves_out_bound(hypothesis, part) for part in parts)
            for parts in _sentences(premise)
        )
    )


def _says_all_of_more(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says "all nurses" where the passage has "all night nurses"."""
    theirs = {*_after_each(premise)}
    return bool(theirs) and any(
        word not in theirs and not theirs <= context for word in _after_each(hypothesis)
    )


def _after_each(words: Sequence[Word]) -> Iterator[str]:
    each = False
    for word in words:
        if word.limit == "all" and word.root in _EACH:
            each = True
        elif word.role is not TokenRole.IDLE:
            if each and word.weighs:
                yield word.base
            each = False


def _adds_limit(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "after" and the like more often than the passage."""
    ours, theirs = (
        Counter(one.limit for one in words if one.limit in _COUNTED)
        for words in (hypothesis, premise)
    )
    return bool(ours - theirs)


def _leaves_out_opening(
    hypothesis: Sequence[Word], parts: Sequence[Sequence[Word]], context: frozenset[str]
) -> bool:
    """Return whether it takes the part after "For contractors, " without it."""
    if len(parts) < 2 or not parts[0] or parts[0][0].text.casefold() not in _OPENING:
        return False
    opening, rest, ours = bases(parts[0]), bases(parts[1]), bases(hypothesis)
    takes = rest and len(rest & ours) >= _HALF * len(rest)
    known = ours | context | _NARROWS_NOTHING
    return bool(takes and opening and len(opening & known) < _HALF * len(opening))


def _leaves_out_middle(
    hypothesis: Sequence[Word], part: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it takes what is before and what is behind "in the Lyon office", without
    that."""
    ours = {form for word in hypothesis if word.weighs for form in word.forms}
    weighty = [place for place, word in enumerate(part) if word.weighs]
    subject = weighty[:_SUBJECT]
    taken = [place for place in weighty if not ours.isdisjoint(part[place].forms)]
    for start, end in pairwise(taken):
        gap = part[start + 1 : end]
        if not any(word.weighs and context.isdisjoint(word.forms) for word in gap):
            continue
        begins = gap[0].text.casefold()
        narrows = begins in _NARROWING and start in subject
        joined = any(word.root in JOINS for word in gap)  # another thing may be said behind it
        if (narrows or begins in _WHICH) and not joined:
            return True
    return False


def _leaves_out_bound(hypothesis: Sequence[Word], part: Sequence[Word]) -> bool:
    """Return whether it takes the words around "over 500 euros", without the number."""
    ours = bases(hypothesis)
    for place, word in enumerate(part):
        if word.role is not TokenRole.NUMBER or word.root in ours:
            continue
        if any(one.limit in _BEYOND for one in part[max(0, place - 2) : place]):
            rest = bases(part[:place])
            if rest and len(rest & ours) >= _HALF * len(rest):
                return True
    return False


def _sentences(words: Sequence[Word]) -> Iterator[list[list[Word]]]:
    """Yield each sentence or line, cut at commas."""
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.text == "\n" or (word.role is TokenRole.BREAK and not word.text.isalpha()):
            yield parts
            parts = [[]]
        elif word.role is TokenRole.COMMA:
            parts.append([])
        else:
            parts[-1].append(word)
    yield parts
