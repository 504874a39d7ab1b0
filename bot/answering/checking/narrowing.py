"""Words that narrow a passage's statement. A sentence may not leave them out.

"Staff in the Lyon office may use the gym" says nothing about other staff. A sentence that leaves
out a qualifier is unclear, never false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.answering.words.english import word_set
from bot.answering.words.lexicon import ENDINGS, JOINS, SOME
from bot.answering.words.roles import (
    TokenRole,
    Word,
    bases,
    ends_line,
    is_comma,
    split_at,
    takes_half,
)

_WHICH = word_set("who whom whose which that where")
_NARROWING = word_set("""
at below above during for from in inside of on outside over under while with within without
""")
"""First words of a qualifier that follows the words it narrows."""
_OPENING = word_set("""
after as at before between depending during following for from in inside on outside over under with
within without
""")
"""First words of a qualifier that opens a sentence: "For contractors, ..."."""
_NARROWS_NOTHING = word_set("""
addit case conclus contrast exampl fact general instanc order particular principl result short
summari turn
""")
"""Bases of words in openings that narrow nothing: in general, for example."""
_SUBJECT = 2
"""Content words before a qualifier of the subject. After more, it may tell how or when."""
_COUNTED = frozenset({"before", "after", "more", "less"})
_BEYOND = frozenset({"more", "less"})
_RANKS = frozenset({"first", "last"})
_ALL = frozenset({"all", "every", "each", "any"})


def leaves_out_what_narrows(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether ``hypothesis`` says of more than ``premise`` what it says. It need not repeat
    ``context``, the words of the question and the titles."""
    own = frozenset(form for word in hypothesis if word.weighs for form in word.forms)
    return (
        _widens_all(hypothesis, premise, context)
        or _adds_limit(hypothesis, premise)
        or _moves_only(hypothesis, premise)
        or _leaves_out_rank(hypothesis, premise)
        or any(
            _tells_some_as_all(hypothesis, sentence)
            or _leaves_out_opening(hypothesis, parts, context)
            or any(_leaves_out_middle(own, part, context) for part in parts)
            or any(
                _leaves_out_end(hypothesis, own, joined, context)
                for part in parts
                for joined in split_at(part, _joins)
            )
            or any(_leaves_out_bound(own, part) for part in parts)
            for sentence in split_at(premise, ends_line)
            for parts in [split_at(sentence, is_comma)]
        )
    )


def _widens_all(
    hypothesis: Sequence[Word], premise: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it says "all nurses" where the passage has "all night nurses"."""
    theirs = frozenset(_words_after_all(premise))
    return bool(theirs - context) and not theirs.issuperset(_words_after_all(hypothesis))


def _words_after_all(words: Sequence[Word]) -> Iterator[str]:
    follows_all = False
    for word in words:
        if word.limit == "all" and word.root in _ALL:
            follows_all = True
        elif word.role is not TokenRole.IDLE:
            if follows_all and word.weighs:
                yield word.base
            follows_all = False


def _adds_limit(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "before", "after", "more" or "less" more often than the passage."""
    ours, theirs = (
        Counter(word.limit for word in words if word.limit in _COUNTED)
        for words in (hypothesis, premise)
    )
    return bool(ours - theirs)


def _leaves_out_rank(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether it says "on Sundays" where the passage always has "on the first Sunday"."""
    ours, theirs = _ranked(hypothesis), _ranked(premise)
    return any("" not in theirs.get(word, {""}) and "" in ours[word] for word in ours)


def _ranked(words: Sequence[Word]) -> dict[str, set[str]]:
    """Return for each content word the ranks right before it; empty if there is none."""
    ranks: dict[str, set[str]] = {}
    for last, word in pairwise((None, *words)):
        if word and word.weighs:
            rank = last.limit if last and last.limit in _RANKS else ""
            ranks.setdefault(word.base, set()).add(rank)
    return ranks


def _moves_only(hypothesis: Sequence[Word], premise: Sequence[Word]) -> bool:
    """Return whether one of the two begins with "only the guard", and the other says "only" of
    something else: "the guard may only open it"."""
    sentences = [hypothesis, *split_at(premise, ends_line)]
    ours, *theirs = [list(_said_only_of(sentence)) for sentence in sentences]
    begin, *begins = [bool(s) and s[0].limit == "only" for s in sentences]
    if begin and ours and any(theirs) and not any(ours[0] in several for several in theirs):
        return True
    own = bases(hypothesis)
    return bool(ours) and any(
        begins_so and several and several[0] in own and several[0] not in ours
        for begins_so, several in zip(begins, theirs, strict=True)
    )


def _said_only_of(words: Sequence[Word]) -> Iterator[str]:
    """Yield the content word after each "only", or the one before if none follows."""
    for place, word in enumerate(words):
        if word.limit == "only":
            following = next((other for other in words[place:] if other.weighs), None)
            near = following or next((w for w in reversed(words[:place]) if w.weighs), None)
            yield near.base if near else ""


def _tells_some_as_all(hypothesis: Sequence[Word], sentence: Sequence[Word]) -> bool:
    """Return whether it leaves out "most" or "usually"."""
    if any(word.text.casefold() in SOME for word in hypothesis):
        return False
    some = any(word.text.casefold() in SOME for word in sentence)
    return some and takes_half(bases(hypothesis), bases(sentence))


def _leaves_out_opening(
    hypothesis: Sequence[Word], parts: Sequence[Sequence[Word]], context: frozenset[str]
) -> bool:
    """Return whether it takes the part after "For contractors, " or "At night " without the
    opening."""
    if not parts[0] or parts[0][0].text.casefold() not in _OPENING:
        return False
    opening, own = bases(parts[0]), bases(hypothesis)
    known = own | context | _NARROWS_NOTHING
    first = next((word.base for word in parts[0] if word.weighs), "")
    if first not in known and len(opening & own) > 1 and takes_half(own, opening - {first}):
        return True
    if len(parts) < 2:
        return False
    takes = takes_half(own, bases(parts[1]))
    return takes and bool(opening) and not takes_half(known, opening)


def _leaves_out_middle(own: frozenset[str], part: Sequence[Word], context: frozenset[str]) -> bool:
    """Return whether it takes the words before and after "in the Lyon office" without the
    qualifier."""
    weighty = [place for place, word in enumerate(part) if word.weighs]
    taken = [place for place in weighty if not own.isdisjoint(part[place].forms)]
    for start, end in pairwise(taken):
        gap = part[start + 1 : end]
        if not any(word.weighs and context.isdisjoint(word.forms) for word in gap):
            continue
        if any(word.root in JOINS for word in gap):
            continue  # another statement may follow the "and"
        first = gap[0].text.casefold()
        if first in _WHICH or (first in _NARROWING and start in weighty[:_SUBJECT]):
            return True
    return False


def _leaves_out_end(
    hypothesis: Sequence[Word], own: frozenset[str], part: Sequence[Word], context: frozenset[str]
) -> bool:
    """Return whether it takes the words before "for everyday changes" without the qualifier."""
    weighty = [place for place, word in enumerate(part) if word.weighs]
    taken = [place for place in weighty if not own.isdisjoint(part[place].forms)]
    if len(taken) < _SUBJECT or 2 * len(taken) < sum(place <= taken[-1] for place in weighty):
        return False
    rest = part[taken[-1] + 1 :]
    if rest and rest[0].limit in _COUNTED and any(word.limit in _COUNTED for word in hypothesis):
        return False  # it takes the "after" of "before each merge, and after each deploy"
    narrows = any(word.weighs and context.isdisjoint(word.forms) for word in rest)
    return narrows and rest[0].text.casefold() in ENDINGS


def _joins(word: Word) -> bool:
    return word.root in JOINS


def _leaves_out_bound(own: frozenset[str], part: Sequence[Word]) -> bool:
    """Return whether it takes the words before "over 500 euros" without the number."""
    return any(
        word.role is TokenRole.NUMBER
        and word.root not in own
        and any(other.limit in _BEYOND for other in part[max(0, place - 2) : place])
        and takes_half(own, bases(part[:place]))
        for place, word in enumerate(part)
    )
